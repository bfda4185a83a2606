package dev.lockstep.cpu;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.CacheState;
import dev.lockstep.backend.Elementwise;
import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Multiplier;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;

/** Canonical arithmetic in plain loops on one thread: the oracle of the exact backends. */
public final class ScalarBackend implements Backend, Multiplier, Elementwise {

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public Kind kind() {
    return Kind.EXACT;
  }

  @Override
  public int mostThreads() {
    return 1;
  }

  @Override
  public Speed speed() {
    return Speed.REFERENCE;
  }

  @Override
  public Availability availability(Resources resources) {
    return new Availability.Available("plain Java loops, one thread");
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    return new HostTrainer<>(new FloatKernels(), workload);
  }

  @Override
  public Operations operations(Resources resources) {
    return new HostOperations<>(new FloatKernels());
  }

  @Override
  public Multiplication multiplication(ProductForm form, Matrix a, Matrix b, Resources resources) {
    return new HostMultiplication<>(new FloatKernels(), form, a, b);
  }

  @Override
  public Kernel elementwise(ElementwiseOperation operation, CacheState cache, Resources resources) {
    return new HostElementwise(new FloatKernels(), operation, cache, new Resources(1));
  }
}
