package dev.lockstep.bench.measure;

import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep report}: prints the results of a run as tables. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {"Prints the tables of a run of `bench`.", ""},
    footer = {"", "Example:", "  lockstep report --text results/my-machine/2026-11-24"})
public final class ReportCommand implements Callable<Integer> {

  @Option(names = "--text", required = true, description = "Print plain text.")
  boolean text;

  @Parameters(index = "0", paramLabel = "DIR", description = "The run's folder.")
  Path folder = Path.of("");

  @Override
  public Integer call() {
    Printer out = Printer.out();
    out.lines(ProgressDisplay.during("report", () -> lines(out.columns())));
    return 0;
  }

  private List<String> lines(int columns) {
    RunResult run = RunReader.read(folder);
    return Printer.lines(columns, UnaryOperator.identity(), to -> Answer.print(run, to));
  }
}
