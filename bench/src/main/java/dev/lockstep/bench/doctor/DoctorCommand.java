package dev.lockstep.bench.doctor;

import dev.lockstep.backend.Availability;
import dev.lockstep.bench.flags.ResourcesOptions;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import dev.lockstep.gpu.discovery.CublasCandidate;
import dev.lockstep.gpu.discovery.CublasSearch;
import dev.lockstep.gpu.discovery.CudaDriver;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.machine.Linux;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import jdk.incubator.vector.FloatVector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lockstep doctor}: shows this machine and which backends can run on it. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Shows this machine (JDK, vectors, cores, caches, memory, CUDA), which backends can run on"
          + " it, and what to do about those that cannot.",
      ""
    },
    footer = {"", "Example:", "  lockstep doctor"})
public final class DoctorCommand implements Callable<Integer> {

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  @Override
  public Integer call() {
    Printer out = Printer.out();
    Linux linux = Linux.here();
    Table machine = new Table(1, List.of(Table.word(""), Table.text("")));
    String vendor = System.getProperty("java.vendor");
    machine.row("JDK", Runtime.version() + ", " + vendor + ", " + System.getProperty("java.home"));
    machine.row("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    machine.row("processor", linux.processor());
    machine.row("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    machine.row(
        "vectors",
        FloatVector.SPECIES_PREFERRED.vectorBitSize()
            + " bits, "
            + FloatVector.SPECIES_PREFERRED.length()
            + " floats");
    machine.row("caches", linux.caches());
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    machine.row("memory", linux.memory() + " in all, the JVM may use " + heap + " MiB");
    machine.row("large pages", linux.largePages());
    addCuda(machine, CudaMachine.look());
    out.table(machine, 0);
    out.line();
    Table backends =
        new Table(2, List.of(Table.word("backend"), Table.word("kind"), Table.text("")));
    for (Candidate candidate : Candidate.all(resources.resources())) {
      String verdict =
          candidate.availability() instanceof Availability.Available(String detail, var _)
              ? "can run: " + detail
              : candidate.verdict().orElseThrow();
      backends.row(candidate.name(), candidate.kind().label(), verdict);
    }
    out.table(backends, 2);
    return 0;
  }

  /** Adds the driver with its devices, and the cuBLAS libraries found. */
  private static void addCuda(Table table, CudaMachine machine) {
    switch (machine.driver()) {
      case CudaDriver.Absent absent -> table.row("CUDA driver", "none: " + absent.why());
      case CudaDriver.Failing failing ->
          table.row(
              "CUDA driver",
              "for CUDA " + failing.version() + " (" + failing.file() + "): " + failing.why());
      case CudaDriver.Working working -> {
        table.row(
            "CUDA driver",
            working.label() + "for CUDA " + working.version() + " (" + working.file() + ")");
        working.devices().forEach(device -> table.row("", device.toString()));
      }
    }
    CublasSearch search = machine.cublas();
    table.row(
        "cuBLAS",
        (search.candidates().isEmpty() ? "none: looked in " : "looked in ")
            + search.places().stream()
                .map(place -> place.description())
                .collect(Collectors.joining(", ")));
    for (CublasCandidate candidate : search.candidates()) {
      String verdict = search.verdict(candidate);
      table.row("", candidate.file() + " (" + candidate.version() + ")  " + verdict);
    }
  }
}
