package dev.lockstep.peers;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Multiplier;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.cpu.NativeProducts;
import dev.lockstep.cpu.NativeTraining;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Workload;
import java.util.Locale;

/** Products by a BLAS in native memory, everything else canonical. */
abstract class BlasBackend implements Backend, Multiplier {

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
  public final Multiplication multiplication(
      ProductForm form, Matrix a, Matrix b, Resources resources) {
    requireCanonical(resources);
    return NativeTraining.multiplication(products(resources), form, a, b);
  }

  private static void requireCanonical(Resources resources) {
    Availability canonical = NativeTraining.availability(resources);
    if (!(canonical instanceof Availability.Available)) {
      throw new UnavailableException(canonical);
    }
  }
}
