package dev.lockstep.bench.measure;

import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep report}: prints the results of a run as tables. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {"Prints the tables of a run of `bench`.", ""},
    footer = {
      "",
      "Examples:",
      "  lockstep report --text results/my-machine/2026-11-24",
      "  lockstep report --bmf bencher.json results/my-machine/2026-11-24"
    })
public final class ReportCommand implements Callable<Integer> {

  @Option(names = "--text", description = "Print plain text.")
  boolean text;

  private final ReportFiles<RunResult> files = new ReportFiles<>(List.of(new BencherFormat()));

  @Mixin private final CommandSpec formats = files.flags();

  @Parameters(index = "0", paramLabel = "DIR", description = "The run's folder.")
  Path folder = Path.of("");

  @Override
  public Integer call() {
    List<String> asked = new ArrayList<>();
    files.forEach((flag, _) -> asked.add(flag));
    if (!text && asked.isEmpty()) {
      throw new InputException("report", "flags", "", "expected --text or --bmf FILE");
    }
    files.require(List.of());
    RunResult run = RunReader.read(folder);
    if (text) {
      Answer.print(run, Printer.out());
    }
    return files.write(run, 0);
  }
}
