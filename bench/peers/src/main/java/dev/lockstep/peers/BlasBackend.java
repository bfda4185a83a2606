package dev.lockstep.peers;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.backend.Work;
import dev.lockstep.cpu.NativeProducts;
import dev.lockstep.cpu.NativeTraining;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Workload;
import java.util.Locale;

/** Products by a BLAS in native memory, everything else canonical. */
abstract class BlasBackend implements Backend {

  /**
   * The library, loaded if it is not yet.
   *
   * @throws UnavailableException if it cannot be
   */
  abstract Blas library();

  @Override
  public final Kind kind() {
    return Kind.LIBRARY;
  }

  @Override
  public final MemoryNeed trainerHeap(Network network, int batch, int evaluatedRows) {
    return MemoryNeed.ofEvaluation(network, evaluatedRows, Float.BYTES);
  }

  /** Loads the library, to say its version and what it has chosen for this processor. */
  @Override
  public final Availability availability(Resources resources) {
    Availability canonical = NativeTraining.availability(resources);
    if (!(canonical instanceof Availability.Available)) {
      return canonical;
    }
    try {
      products(resources);
      return new Availability.Available(
          String.format(Locale.ROOT, "%s, threads: %d", library().version(), library().threads()));
    } catch (UnavailableException e) {
      return e.availability();
    }
  }

  private NativeProducts products(Resources resources) {
    return library().products(resources.threads());
  }

  @Override
  public final Trainer open(Workload workload, Resources resources) {
    requireCanonical(resources);
    return NativeTraining.trainer(products(resources), workload, resources);
  }

  @Override
  public final Operations operations(Resources resources) {
    requireCanonical(resources);
    return NativeTraining.operations(products(resources), resources);
  }

  @Override
  public final boolean times(Class<? extends Work.OnTensors> work) {
    return work == Work.Product.class;
  }

  @Override
  public final Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    requireCanonical(resources);
    return NativeTraining.timed(products(resources), work);
  }

  private static void requireCanonical(Resources resources) {
    Availability canonical = NativeTraining.availability(resources);
    if (!(canonical instanceof Availability.Available)) {
      throw new UnavailableException(canonical);
    }
  }
}
