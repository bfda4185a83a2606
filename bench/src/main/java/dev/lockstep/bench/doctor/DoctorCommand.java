package dev.lockstep.bench.doctor;

import dev.lockstep.backend.Availability;
import dev.lockstep.bench.Candidate;
import dev.lockstep.bench.ResourcesOptions;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.machine.Linux;
import java.io.PrintStream;
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
      "Says what this machine has (JDK, vectors, cores, caches, memory, CUDA), which backends can"
          + " run on it, and what to do about those that cannot.",
      ""
    },
    footer = {"", "Example:", "  lockstep doctor"})
public final class DoctorCommand implements Callable<Integer> {

  @Mixin final ResourcesOptions resources = new ResourcesOptions();

  @Override
  public Integer call() {
    PrintStream out = System.out;
    Linux machine = Linux.here();
    line(
        out,
        "JDK",
        "%s, %s, %s"
            .formatted(
                Runtime.version(),
                System.getProperty("java.vendor"),
                System.getProperty("java.home")));
    line(out, "system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    line(out, "processor", machine.processor());
    line(out, "cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    line(
        out,
        "vectors",
        FloatVector.SPECIES_PREFERRED.vectorBitSize()
            + " bits, "
            + FloatVector.SPECIES_PREFERRED.length()
            + " floats");
    line(out, "caches", machine.caches());
    line(
        out,
        "memory",
        "%s in all, the JVM may use %d MiB"
            .formatted(machine.memory(), Runtime.getRuntime().maxMemory() >> 20));
    line(out, "large pages", machine.largePages());
    for (CudaFindings.Line found : CudaFindings.of(CudaMachine.look())) {
      line(out, found.label(), found.value());
    }
    out.println();
    for (Candidate candidate : Candidate.all(resources.resources())) {
      String verdict =
          candidate.availability() instanceof Availability.Available(String detail, var _)
              ? "can run: " + detail
              : candidate.verdict().orElseThrow();
      out.printf("  %-15s %-12s %s%n", candidate.name(), candidate.kind().label(), verdict);
    }
    return 0;
  }

  private static void line(PrintStream out, String label, String value) {
    out.printf(Locale.ROOT, "%-12s %s%n", label, value);
  }
}
