package dev.lockstep.bench.compare;

import dev.lockstep.bench.ci.BaselineOptions;
import dev.lockstep.bench.ci.GitHub;
import dev.lockstep.bench.ci.GitHub.Told;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.HtmlFormat;
import dev.lockstep.bench.report.JsonFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.NoiseFloor;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep compare}: tells which of two runs, backends or builds takes less time. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Compares two runs of `bench`, or two backends or builds of one: for each benchmark the time"
          + " of B over that of A with its 95%% interval, and FASTER, SLOWER, SAME or UNDECIDED for"
          + " B. Only forks (JVMs) count as independent, and Holm's method corrects for the number"
          + " of rows. bench/COMPARE.md has the rules.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 done; 1 a row is shown to be slower than --fail-if-slower allows or, with"
          + " --fail-if-undecided, one is UNDECIDED or could be slower than that or, with"
          + " --baseline, one that it does not list is SLOWER, could be or is UNDECIDED; 2 a flag"
          + " or a file was wrong.",
      "",
      "Examples:",
      "  lockstep compare results/my-machine/before results/my-machine/after",
      "  lockstep compare results/my-machine/run --backends vector,cublas",
      "  lockstep compare before after --fail-if-slower 5%% --fail-if-undecided --json"
          + " comparison.json",
      "  lockstep compare before after --noise before-again"
    })
public final class CompareCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "A", description = "Folder of the baseline's run.")
  Path first = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "B",
      description =
          "Folder of the run to compare with it (default: A itself, whose second backend or build"
              + " is compared with its first).")
  @Nullable Path second;

  @Option(
      names = "--backends",
      converter = FlagValues.Names.class,
      completionCandidates = FlagValues.Names.class,
      split = FlagValues.COMMA,
      hideParamSyntax = true,
      paramLabel = "A,B",
      description = "Which backend of A, and which of B.")
  @Nullable List<String> backends;

  @Option(
      names = "--level",
      converter = Levels.class,
      completionCandidates = Levels.class,
      defaultValue = "median",
      paramLabel = "L",
      description =
          "What represents a fork: median or mean of its iterations (default: ${DEFAULT-VALUE}).")
  ForkLevel level = ForkLevel.MEDIAN;

  @Option(
      names = "--floor",
      converter = FlagValues.Percentages.class,
      paramLabel = "P",
      description = "Noise floor, such as 2%%: smaller differences count as none.")
  @Nullable Double floor;

  @Option(
      names = "--noise",
      paramLabel = "DIR",
      description =
          "Another run of what A measured; the noise floor comes from the differences between the"
              + " two (default: from the differences between the halves of each benchmark's forks,"
              + " if there are 6; at least 1%%).")
  @Nullable Path noise;

  @Option(
      names = "--fail-if-slower",
      converter = FlagValues.Percentages.class,
      paramLabel = "P",
      description = "Exit 1 if a row is shown to be slower by more than this, such as 5%%.")
  @Nullable Double limit;

  @Option(
      names = "--fail-if-undecided",
      description = {
        "Exit 1 if a row is UNDECIDED, or its ratio is beyond --fail-if-slower and the forks do not"
            + " settle whether the time is."
      })
  boolean failIfUndecided;

  @Option(
      names = "--across-machines",
      description = "Compare even if processor, cores or GPU differ.")
  boolean acrossMachines;

  @Mixin final BaselineOptions baseline = new BaselineOptions();

  @Mixin final GitHub github = new GitHub();

  private final ReportFiles<Report> files =
      new ReportFiles<>(
          List.of(
              new JsonFormat<>((report, code) -> JsonFile.tree(CompareJson.of(report, code))),
              new HtmlFormat<>((report, code) -> contents(CompareJson.of(report, code)))));

  @Mixin private final CommandSpec formats = files.flags();

  private static final class Levels extends FlagValues<ForkLevel> {
    Levels() {
      super(
          "median, mean",
          (flag, name) ->
              switch (name) {
                case "median" -> ForkLevel.MEDIAN;
                case "mean" -> ForkLevel.MEAN;
                default -> throw new InputException(flag, "value", name, "expected median or mean");
              });
    }
  }

  @Override
  public Integer call() {
    if (floor != null && noise != null) {
      throw new InputException(
          "--floor", "value", CompareText.percent(floor), "which contradicts --noise");
    }
    files.requireDifferent(baseline.file());
    files.require(List.of());
    baseline.read("compare", Arrays.stream(Concern.values()).map(Concern::label).toList());
    github.require();
    Report report = ProgressDisplay.during("compare", this::report);
    github.printing(() -> CompareText.print(report, Printer.report()));
    return files.write(
        report,
        report.exitCode(),
        List.of(
            baseline::write,
            () ->
                github.tell(
                    new Told("lockstep compare", report.issues(), report.baseline(), List.of()),
                    to -> CompareText.print(report, to))));
  }

  /** Returns what a page shows: the comparison, and where both sides ran. */
  private static Contents contents(CompareJson comparison) {
    Contents contents = new Contents();
    comparison.addTo(contents, "compare");
    return contents;
  }

  private Report report() {
    RunResult a = RunReader.read(first);
    @Nullable RunResult b = second == null ? null : another("B", second);
    @Nullable RunResult again = noise == null ? null : another("--noise", noise);
    for (RunResult other : Arrays.asList(b, again)) {
      if (other != null && !acrossMachines) {
        Machines.requireSame(a, other);
      }
    }
    Comparing comparing = new Comparing(Arms.of(a, b, backends), level);
    Report compared =
        comparing.report(
            floor == null ? comparing.floor(again) : NoiseFloor.given(floor),
            Optional.ofNullable(limit),
            failIfUndecided ? Report.Undecided.FAIL : Report.Undecided.PASS,
            b == null ? List.of() : Machines.differences(a, b));
    return compared.with(baseline.judge(compared.issues(), compared.tested()));
  }

  /** Reads a run from a folder other than A's. */
  private RunResult another(String flag, Path folder) {
    RunResult run = RunReader.read(folder);
    try {
      if (Files.isSameFile(first, folder)) {
        throw new InputException(
            flag, "folder", folder, "which is A's; --backends compares within one run");
      }
    } catch (IOException e) {
      throw InputException.unreadable(folder, e);
    }
    return run;
  }
}
