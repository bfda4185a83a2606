package dev.lockstep.bench.doctor;

import dev.lockstep.backend.Availability;
import dev.lockstep.bench.flags.ResourcesOptions;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.machine.Linux;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import jdk.incubator.vector.FloatVector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lockstep doctor}: what this machine has, and what follows for each backend. */
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
    machine.row(
        "JDK",
        String.format(
            Locale.ROOT,
            "%s, %s, %s",
            Runtime.version(),
            System.getProperty("java.vendor"),
            System.getProperty("java.home")));
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
    machine.row(
        "memory",
        String.format(
            Locale.ROOT,
            "%s in all, the JVM may use %d MiB",
            linux.memory(),
            Runtime.getRuntime().maxMemory() >> 20));
    machine.row("large pages", linux.largePages());
    for (CudaFindings.Line found : CudaFindings.of(CudaMachine.look())) {
      machine.row(found.label(), found.value());
    }
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
}
