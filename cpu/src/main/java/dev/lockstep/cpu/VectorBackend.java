package dev.lockstep.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work;
import dev.lockstep.scenario.Workload;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Runs canonical arithmetic on the Vector API and threads, as the fast CPU backend. */
public final class VectorBackend implements Backend {

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public Kind kind() {
    return Kind.EXACT;
  }

  /**
   * Requires the module jdk.incubator.vector, a processor with fused multiply-add (otherwise
   * Math.fma is emulated, a thousand times slower) and vectors of the requested width.
   */
  @Override
  public Availability availability(Resources resources) {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return unsupported(
          Availability.Cause.NO_VECTOR_API,
          "the JVM was started without --add-modules jdk.incubator.vector");
    }
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (!jvm.getVMOption("UseFMA").getValue().equals("true")) {
      return unsupported(
          Availability.Cause.NO_FMA, "the processor has no fused multiply-add (or UseFMA is off)");
    }
    int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    String asked = System.getProperty(Lanes.BITS_PROPERTY);
    if (asked != null && !(asked.matches("128|256|512") && Integer.parseInt(asked) <= widest)) {
      return unsupported(
          Availability.Cause.VECTOR_WIDTH,
          String.format(
              Locale.ROOT,
              "vectors of %s bits were asked for, this processor has 128 to %d (in powers of two)",
              asked,
              widest));
    }
    return new Availability.Available(Lanes.SPECIES.vectorBitSize() + "-bit vectors");
  }

  private static Availability unsupported(Availability.Cause cause, String sentence) {
    return new Availability.Unsupported(new Availability.Reason(cause, sentence));
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    availability(resources).require();
    return new HostTrainer<>(new VectorKernels(resources.threads()), workload);
  }

  @Override
  public Operations operations(Resources resources) {
    availability(resources).require();
    return new HostOperations<>(new VectorKernels(resources.threads()));
  }

  @Override
  public boolean times(Class<? extends Work.OnTensors> work) {
    return work == Work.Product.class || work == Work.Operation.class;
  }

  @Override
  public Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    availability(resources).require();
    return new HostTimed<>(new VectorKernels(resources.threads()), work, resources);
  }

  /** The kernels that the width of the vectors has chosen, in words. */
  public static String kernels() {
    return String.format(
        Locale.ROOT,
        "%d-bit vectors; products in tiles of %d rows by %d columns",
        Lanes.SPECIES.vectorBitSize(),
        MicroKernel.ROWS,
        MicroKernel.COLUMNS);
  }

  /** The vector species used in this JVM. */
  public static VectorSpecies<Float> species() {
    return Lanes.SPECIES;
  }
}
