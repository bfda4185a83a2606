package dev.lockstep.bench.convert;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.measure.Summaries;
import dev.lockstep.bench.results.RunFolder;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.file.TemporaryFolder;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code lockstep convert}: makes results of today's form of those that an earlier version wrote.
 */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Reads a run of `bench` in the form of earlier versions, with a file for each fork, or a map"
          + " without a manifest, and writes it in today's form. What was measured is copied; the"
          + " summaries of a run are made anew. The old folder stays as it is.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 converted; 2 a folder was wrong. The next version leaves this command out.",
      "",
      "Examples:",
      "  lockstep convert old-run new-run",
      "  lockstep convert old-map new-map"
    })
public final class ConvertCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "OLD", description = "The folder of the run or map.")
  Path old = Path.of("");

  @Parameters(index = "1", paramLabel = "NEW", description = "The new folder; must be empty.")
  Path converted = Path.of("");

  @Override
  public Integer call() {
    try (ProgressDisplay _ = ProgressDisplay.ofUnknownLength("convert")) {
      convert(old, converted);
    }
    Printer.report().line("results: " + converted);
    return 0;
  }

  static void convert(Path old, Path converted) {
    if (OldMap.isOne(old)) {
      OldMap.read(old).write(converted);
      return;
    }
    OldRun run = OldRun.read(old);
    try (TemporaryFolder trial = TemporaryFolder.create()) {
      // A run that today's reader refuses is not written.
      Path written = trial.path().resolve("run");
      write(run, written, (_, _) -> {});
      RunReader.read(written);
    } catch (InputException e) {
      throw e.from(old.toString());
    }
    write(run, converted, Summaries::write);
  }

  private static void write(OldRun run, Path path, BiConsumer<RunResult, RunFolder> summaries) {
    try (RunFolder folder = RunFolder.create(path, Hardware.REAL)) {
      folder.writeEnvironment(run.environment(), run.backends());
      RunLog log = new RunLog(folder, run.plan(), run.unavailable());
      run.copyTo(log);
      String name = String.valueOf(path.toAbsolutePath().normalize().getFileName());
      RunResult result = log.ended(name, run.environment());
      log.seal(to -> summaries.accept(result, to));
    }
  }
}
