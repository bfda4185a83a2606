package dev.lockstep.bench.measure;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.external.ProgramOptions;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.NamesScenario;
import dev.lockstep.bench.results.RunFolder;
import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.input.InputException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep bench}: times backends with JMH and saves all results in a folder. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Times training steps and products of `vector` and of every CUDA backend that can run, each"
          + " in several fresh JVMs in random order, until the target precision is reached."
          + " Everything timed is verified before and after, on the same objects; a case that fails"
          + " gets no number.",
      ""
    },
    footer = {
      "",
      "Each fork is saved when it ends: a run that is killed loses only the fork in progress, and"
          + " --resume continues it. Exit codes: 0 done; 1 a timed result was wrong or a JVM died;"
          + " 2 a flag or a file was wrong.",
      "",
      "Examples:",
      "  lockstep bench --quick",
      "  lockstep bench --list --width 256..8192*2",
      "  lockstep bench --only product --shape 2048x2048x2048,odd --backends vector --threads 1,2",
      "  lockstep bench --budget 20m --out results/my-machine/2026-11-24",
      "  lockstep bench --resume results/my-machine/2026-11-24"
    })
public final class BenchCommand implements Callable<Integer>, NamesScenario {

  @Mixin final SelectionOptions selection = new SelectionOptions();

  @Option(
      names = "--backends",
      converter = FlagValues.Names.class,
      completionCandidates = FlagValues.Names.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "NAME",
      description = "Exact names (default: vector, and all CUDA backends that can run).")
  @Nullable List<String> backends;

  @Option(
      names = "--versus",
      converter = FlagValues.Names.class,
      split = FlagValues.COMMA,
      splitSynopsisLabel = ",",
      paramLabel = "A,B",
      description =
          "Measure two backends side by side, in blocks of A B B A or B A A B, with a fresh JVM for"
              + " each measurement; `lockstep compare DIR` says which is faster.")
  @Nullable List<String> versus;

  @Option(
      names = "--versus-build",
      paramLabel = "DIR",
      description =
          "The same for two builds: this one and the one in DIR, the folder bench/target of another"
              + " checkout.")
  @Nullable Path otherBuild;

  @Option(
      names = "--device",
      converter = FlagValues.Devices.class,
      paramLabel = "N",
      description = "Number of the CUDA device, from 0 (default: ${DEFAULT-VALUE}).")
  int device;

  @Option(names = "--list", description = "List the cases and measure nothing.")
  boolean list;

  @Option(
      names = "--quick",
      description = "Fewer cases, shorter and fewer forks: under 3 minutes on two cores.")
  boolean quick;

  @Mixin final PaceOptions pace = new PaceOptions();

  @Option(
      names = "--budget",
      converter = FlagValues.Times.class,
      paramLabel = "T",
      description =
          "Start no fork that would end after this time, such as 90s or 20m (default: none).")
  @Nullable Duration budget;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results; must be empty (default: bench-DATE-TIME, here).")
  @Nullable Path out;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Continue the run in this folder, with the flags it was started with.")
  @Nullable Path resume;

  @CommandLine.Mixin ProgramOptions programs = new ProgramOptions();

  @CommandLine.Spec CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public String sourceOf(String field) {
    return field.equals("hidden") ? "--width" : "--" + field;
  }

  @Override
  public Integer call() {
    programs.use();
    if (resume != null) {
      return resumed(resume);
    }
    Plan plan = plan();
    if (list) {
      refuse("--out", out);
      Printer out = Printer.out();
      plan.cases().forEach(of -> out.line(of.toString()));
      plan.unavailable().forEach(out::line);
      return 0;
    }
    if (plan.cases().isEmpty()) {
      throw new InputException(
          "bench", "cases", "none", "expected a backend that can run: " + plan.unavailable());
    }
    // Every error in the flags must show before the folder is created.
    List<String> arguments = arguments();
    Environment environment = environment();
    Forking.ClassPaths classPaths = classPaths();
    Pace asked = pace();
    Budget limit = Budget.of(budget);
    Path folder = out == null ? Path.of("bench-" + now()) : out;
    try (RunFolder opened = RunFolder.create(folder, Hardware.REAL)) {
      return new Session(opened, arguments, plan, environment, classPaths, asked, limit).begin();
    }
  }

  private Integer resumed(Path folder) {
    RunReader.Unfinished earlier = RunReader.readUnfinished(folder);
    BenchCommand asked = new BenchCommand();
    new CommandLine(asked).parseArgs(earlier.run().arguments().toArray(String[]::new));
    asked.budget = budget == null ? asked.budget : budget;
    try (RunFolder opened = RunFolder.resume(folder)) {
      return new Session(
              opened,
              earlier.run().arguments(),
              asked.plan(),
              asked.environment(),
              asked.classPaths(),
              asked.pace(),
              Budget.of(asked.budget))
          .goOn(earlier);
    }
  }

  private Environment environment() {
    return new Environment(candidates(), device);
  }

  private Plan plan() {
    if (versus != null) {
      if (backends != null || otherBuild != null) {
        throw new InputException(
            "--versus",
            "backends",
            versus,
            "which leaves no room for --backends or --versus-build");
      }
      return Plan.versus(selection.selection(quick), candidates());
    }
    Plan plan = Plan.of(selection.selection(quick), candidates());
    return otherBuild == null ? plan : plan.versusBuild();
  }

  /** Returns the class path of each case: that of this program or of the other build. */
  private Forking.ClassPaths classPaths() {
    String own = System.getProperty("java.class.path");
    if (otherBuild == null) {
      return _ -> own;
    }
    Path jar = otherBuild.resolve("lockstep-bench.jar");
    if (!Files.isRegularFile(jar)) {
      throw new InputException(
          "--versus-build", "folder", otherBuild, "expected one with a lockstep-bench.jar");
    }
    String other = jar + File.pathSeparator + otherBuild.resolve("lib") + "/*";
    return of -> of.axis(Plan.BUILD).equals(Optional.of(Plan.OTHER_BUILD)) ? other : own;
  }

  private Pace pace() {
    boolean beside = versus != null || otherBuild != null;
    return pace.pace(quick ? Pace.QUICK : beside ? Pace.BESIDE : Pace.USUAL);
  }

  private List<Candidate> candidates() {
    Resources resources = new Resources(1, device);
    List<String> named = versus != null ? versus : backends;
    String flag = versus != null ? "--versus" : "--backends";
    if (named == null) {
      String usual = Backends.usual().name();
      return Candidate.usual(resources).stream()
          .filter(backend -> backend.onDevice() || backend.name().equals(usual))
          .toList();
    }
    return new LinkedHashSet<>(named)
        .stream().map(name -> Candidate.of(Backends.named(flag, name), resources)).toList();
  }

  /** Returns the given arguments except the results folder and the commands of programs. */
  private List<String> arguments() {
    List<String> kept = new ArrayList<>();
    if (spec == null) {
      return kept;
    }
    for (CommandLine.Model.OptionSpec option :
        spec.commandLine().getParseResult().matchedOptions()) {
      // Commands are never read from a results folder, so none is written there.
      if (!List.of("--out", ProgramOptions.FLAG).contains(option.longestName())) {
        kept.add(option.longestName());
        if (option.arity().max() > 0) {
          kept.add(String.join(",", option.originalStringValues()));
        }
      }
    }
    return kept;
  }

  private static void refuse(String flag, @Nullable Path file) {
    if (file != null) {
      throw new InputException(
          flag, "folder", file, "which contradicts --list: nothing is measured");
    }
  }

  private static String now() {
    return LocalDateTime.now(ZoneOffset.UTC)
        .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT));
  }
}
