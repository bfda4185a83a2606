package dev.lockstep.bench.doctor;

import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.flags.ResourcesOptions;
import dev.lockstep.bench.report.JsonFormat;
import dev.lockstep.bench.report.ReportFiles;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** {@code lockstep doctor}: shows this machine and which backends can run on it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Shows this machine (JDK, vectors, cores, caches, memory, limits, CUDA), which backends can"
          + " run on it, and what to do about those that cannot. It asks the CUDA driver in a"
          + " process of its own, and opens the device there.",
      ""
    },
    footer = {"", "Examples:", "  lockstep doctor", "  lockstep doctor --json machine.json"})
public final class DoctorCommand implements Callable<Integer> {

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  private final ReportFiles<DoctorReport> files =
      new ReportFiles<>(List.of(new JsonFormat<>((report, _) -> JsonFile.tree(report))));

  @Mixin private final CommandSpec formats = files.flags();

  @Override
  public Integer call() {
    files.require(List.of());
    DoctorReport report =
        ProgressDisplay.during("doctor", () -> DoctorReport.of(resources.resources()));
    new DoctorText(report).print(Printer.report());
    return files.write(report, 0);
  }
}
