package dev.lockstep.backend;

import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Parameters;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of any binary32 trainer, by its {@link Trainer#probe}: for looking at samples of one
 * that keeps them in the heap.
 *
 * <p>Parameters are copied once a step, however many pieces of them are read.
 */
public final class ProbedTensors implements ResidentTensors {
  private final Trainer trainer;
  private final Parameters initial;
  private @Nullable Probe probe;
  private @Nullable Parameters parameters;
  private long parametersOfStep;

  /**
   * Of a trainer that another may go on running.
   *
   * @param initial what {@link #restart} goes back to
   */
  public ProbedTensors(Trainer trainer, Parameters initial) {
    this.trainer = trainer;
    this.initial = initial;
  }

  @Override
  public double keep() {
    parameters = null;
    Probe kept = trainer.probe();
    probe = kept;
    return kept.loss();
  }

  @Override
  public FloatMatrix part(Tensor tensor, int layer, Region region) {
    Matrix whole = whole(tensor, layer);
    Objects.checkFromIndexSize(region.row(), region.rows(), whole.rows());
    Objects.checkFromIndexSize(region.column(), region.columns(), whole.columns());
    FloatMatrix part = new FloatMatrix(region.rows(), region.columns());
    for (int i = 0; i < region.rows(); i++) {
      for (int j = 0; j < region.columns(); j++) {
        int index = (region.row() + i) * whole.columns() + region.column() + j;
        part.data()[i * region.columns() + j] = (float) whole.value(index);
      }
    }
    return part;
  }

  private Matrix whole(Tensor tensor, int layer) {
    return switch (tensor) {
      case WEIGHTS -> parameters().weights().get(layer);
      case BIASES -> parameters().biases().get(layer);
      case ACTIVATIONS -> kept().activations().get(layer);
      case DELTAS -> kept().deltas().get(layer);
      case WEIGHT_GRADIENTS -> kept().gradients().weights().get(layer);
      case BIAS_GRADIENTS -> kept().gradients().biases().get(layer);
    };
  }

  private Parameters parameters() {
    Parameters known = parameters;
    if (known == null || parametersOfStep != trainer.step()) {
      known = trainer.parameters();
      parameters = known;
      parametersOfStep = trainer.step();
    }
    return known;
  }

  private Probe kept() {
    Probe kept = probe;
    if (kept == null) {
      throw new IllegalStateException("no step was kept");
    }
    return kept;
  }

  /** Back to step 0; forgets what was copied. */
  @Override
  public void restart() {
    trainer.restore(initial, 0);
    probe = null;
    parameters = null;
  }
}
