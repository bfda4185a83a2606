package dev.lockstep.bench.measure;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.external.ProgramOptions;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.flags.BackendNames;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.NamesScenario;
import dev.lockstep.bench.page.HtmlFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.results.RunFolder;
import dev.lockstep.bench.results.RunPlan;
import dev.lockstep.bench.results.RunProvenance;
import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.file.Sha256;
import dev.lockstep.input.InputException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
      "Times training steps, the operations of one of them, and products of `vector` and of every"
          + " CUDA backend that can run, each in several fresh JVMs in random order; the first of"
          + " these tell how many more the target precision needs. Everything timed is verified"
          + " before and after, on the same objects; a case that fails gets no number.",
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

  private static final String JAR = "lockstep-bench.jar";

  /** The flags that a resumed run takes; all else is in its folder. */
  private static final Set<String> BESIDE_RESUME =
      Set.of(
          "--resume",
          "--budget",
          "--versus-build",
          ProgramOptions.FLAG,
          "--html",
          "--open",
          "--quiet",
          "--no-color");

  @Mixin final SelectionOptions selection = new SelectionOptions();

  private final BackendNames backends =
      new BackendNames("Exact names (default: vector, and all CUDA backends that can run).");

  @Mixin private final CommandLine.Model.CommandSpec backendFlags = backends.flags();

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
      description =
          "Continue the run in this folder. Of the other flags, only --budget, --html, --program"
              + " and --versus-build may be given; the last two must name what the run was started"
              + " with.")
  @Nullable Path resume;

  @CommandLine.Mixin ProgramOptions programs = new ProgramOptions();

  private final ReportFiles<Path> files =
      new ReportFiles<>(List.of(HtmlFormat.ofFolder("bench", RunProvenance::addTo)));

  @CommandLine.Mixin private final CommandLine.Model.CommandSpec formats = files.flags();

  @CommandLine.Spec CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public String sourceOf(String field) {
    return field.equals("hidden") ? "--width" : "--" + field;
  }

  @Override
  public Integer call() {
    programs.use();
    files.require(List.of());
    if (resume != null) {
      return files.write(resume, resumed(resume));
    }
    Plan plan = plan();
    if (list) {
      refuse("--out", out);
      files.forEach(BenchCommand::refuse);
      Printer out = Printer.out();
      plan.cases().forEach(of -> out.line(of.toString()));
      plan.unavailable().forEach(out::line);
      Pace asked = pace();
      out.paragraph(
          new Forecast(asked)
              .text(plan.forks(asked.fewest()), plan.forks(asked.most()), Budget.of(budget)));
      return 0;
    }
    if (plan.cases().isEmpty()) {
      throw new InputException(
          "bench", "cases", "none", "expected a backend that can run: " + plan.unavailable());
    }
    // Every error in the flags must show before the folder is created.
    Environment environment = environment();
    Forking.ClassPaths classPaths = classPaths();
    Pace asked = pace();
    Budget limit = Budget.of(budget);
    Path folder = out == null ? Path.of("bench-" + now()) : out;
    try (RunFolder opened = RunFolder.create(folder, Hardware.REAL)) {
      return files.write(
          folder, new Session(opened, plan, device, environment, classPaths, asked, limit).begin());
    }
  }

  private Integer resumed(Path folder) {
    refuseBesideResume();
    try (RunFolder opened = RunFolder.resume(folder)) {
      RunReader.Unfinished earlier = RunReader.readUnfinished(folder);
      RunPlan asked = earlier.run().plan();
      String source = folder.resolve(InputFolder.MANIFEST).toString();
      requireBuild(source, asked);
      List<Candidate> candidates = Plan.candidates(source, earlier.run(), asked.device());
      return new Session(
              opened,
              Plan.of(earlier.run()),
              asked.device(),
              recorded(new Environment(candidates, asked.device())),
              classPaths(),
              Pace.of(asked),
              Budget.of(budget))
          .goOn(earlier);
    }
  }

  /** Refuses flags that would change what the folder planned. */
  private void refuseBesideResume() {
    if (spec == null) {
      return;
    }
    for (CommandLine.Model.OptionSpec option :
        spec.commandLine().getParseResult().matchedOptions()) {
      if (!BESIDE_RESUME.contains(option.longestName())) {
        throw new InputException(
            option.longestName(),
            "value",
            String.join(",", option.originalStringValues()),
            "which contradicts --resume: the folder has the plan");
      }
    }
  }

  /** The folder never chooses the build that is run beside this one. */
  private void requireBuild(String source, RunPlan asked) {
    boolean builds = asked.arms().equals(Axis.BUILD);
    if (builds && otherBuild == null) {
      throw new InputException(
          source, "arms", asked.arms(), "expected --versus-build DIR, which names the other build");
    }
    if (!builds && otherBuild != null) {
      throw new InputException(
          "--versus-build", "folder", otherBuild, "but the run in --resume compares no builds");
    }
  }

  private Environment recorded(Environment environment) {
    if (otherBuild != null) {
      environment.add(
          Session.OTHER_BUILD, "SHA-256 " + Sha256.of(JsonFile.bytes(otherBuild.resolve(JAR))));
    }
    return environment;
  }

  private Environment environment() {
    return recorded(new Environment(candidates(), device));
  }

  private Plan plan() {
    if (versus != null) {
      if (backends.names() != null || otherBuild != null) {
        throw new InputException(
            "--versus",
            "backends",
            versus,
            "which leaves no room for --backends or --versus-build");
      }
      return Plan.versus(selection.selection(extent()), candidates());
    }
    Plan plan = Plan.of(selection.selection(extent()), candidates());
    return otherBuild == null ? plan : plan.versusBuild();
  }

  private SelectionOptions.Extent extent() {
    return quick
        ? SelectionOptions.Extent.QUICK
        : isBeside() ? SelectionOptions.Extent.BESIDE : SelectionOptions.Extent.USUAL;
  }

  /** Returns whether two backends or builds are measured side by side. */
  private boolean isBeside() {
    return versus != null || otherBuild != null;
  }

  /** Returns the class path of each case: that of this program or of the other build. */
  private Forking.ClassPaths classPaths() {
    String own = System.getProperty("java.class.path");
    if (otherBuild == null) {
      return _ -> own;
    }
    Path jar = otherBuild.resolve(JAR);
    if (!Files.isRegularFile(jar)) {
      throw new InputException(
          "--versus-build", "folder", otherBuild, "expected one with a " + JAR);
    }
    String other = jar + File.pathSeparator + otherBuild.resolve("lib") + "/*";
    return of -> of.axis(Axis.BUILD).equals(Optional.of(Axis.OTHER_BUILD)) ? other : own;
  }

  private Pace pace() {
    return pace.pace(quick ? Pace.QUICK : isBeside() ? Pace.BESIDE : Pace.USUAL);
  }

  private List<Candidate> candidates() {
    Resources resources = new Resources(1, device);
    List<String> named = versus != null ? versus : backends.names();
    String flag = versus != null ? "--versus" : BackendNames.FLAG;
    if (named == null) {
      String usual = Backends.usual().name();
      return Candidate.usual(resources).stream()
          .filter(backend -> backend.onDevice() || backend.name().equals(usual))
          .toList();
    }
    return new LinkedHashSet<>(named)
        .stream().map(name -> Candidate.of(Backends.named(flag, name), resources)).toList();
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
