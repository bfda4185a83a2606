package dev.lockstep.bench.suite;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.check.Emulation;
import dev.lockstep.bench.ci.GitHub;
import dev.lockstep.bench.external.ProgramOptions;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.flags.ResourcesOptions;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.HtmlFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.study.UsualUnits;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.gpu.discovery.CudaMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * {@code lockstep suite}: runs doctor, check, map and timings on this machine within a time budget.
 */
@Command(
    name = "suite",
    mixinStandardHelpOptions = true,
    description = {
      "Runs, in this order and within a time budget: doctor; check of all backends; unit classes"
          + " over widths and batches for each backend on CUDA; timings of steps, products and"
          + " transfers. Each part is written while it runs, so an interrupted run keeps what it"
          + " has. No file names the machine, its users or their folders.",
      ""
    },
    footer = {
      "",
      "Exit codes are those of check. Parts that are left out for lack of time are named and do"
          + " not change the exit code.",
      "",
      "Examples:",
      "  lockstep suite --out suite-1 --budget 8m",
      "  lockstep suite --out suite-2 --budget 1m --emulate-cuda"
    })
public final class SuiteCommand implements Callable<Integer> {

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the files; created if missing, and must be empty.")
  Path out = Path.of("");

  @Option(
      names = "--budget",
      converter = FlagValues.Times.class,
      defaultValue = "8m",
      paramLabel = "T",
      description = "How long it may take, such as 90s or 8m (default: ${DEFAULT-VALUE}).")
  Duration budget = Duration.ZERO;

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  @Mixin final ProgramOptions programs = new ProgramOptions();

  @Option(
      names = Emulation.FLAG,
      description =
          "Use an emulated device that runs the kernels on the CPU: it tests bits and is never"
              + " timed.")
  boolean emulate;

  @Mixin final GitHub github = new GitHub();

  private final ReportFiles<Path> files =
      new ReportFiles<>(List.of(HtmlFormat.ofFolder("suite", this::addTo)));

  @Mixin private final CommandSpec formats = files.flags();

  /** Adds the parts, and the pictures that explain them. */
  private void addTo(Contents contents, String name, Path folder) {
    SuiteContents.addTo(contents, name, folder);
    Resources here = resources.resources();
    UsualUnits.addTo(contents, Candidate.usual(here), here);
  }

  @Override
  public Integer call() {
    programs.use();
    github.require();
    if (emulate) {
      Emulation.require(CudaMachine.look().driver());
    }
    files.require(List.of(emulate ? Hardware.EMULATED : Hardware.REAL));
    int code = new SuiteRun(out, Budget.of(budget), resources.resources(), github).run();
    return files.write(out, code);
  }
}
