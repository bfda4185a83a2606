package dev.lockstep.agreement;

import dev.lockstep.backend.Probe;
import dev.lockstep.backend.ResidentTensors;
import dev.lockstep.backend.Trainer;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Parameters;
import org.jspecify.annotations.Nullable;

/** A trainer in the heap, read piece by piece; one element of one tensor may read one ulp off. */
final class HostTensors implements ResidentTensors {
  private final Trainer trainer;
  private final Parameters initial;
  private @Nullable Probe probe;
  private @Nullable Tensor wrong;
  private int wrongLayer;

  HostTensors(Trainer trainer) {
    this.trainer = trainer;
    initial = trainer.parameters();
  }

  /** From the next read on the last element of a tensor is off. */
  void disturb(Tensor tensor, int layer) {
    wrong = tensor;
    wrongLayer = layer;
  }

  @Override
  public double keep() {
    Probe kept = trainer.probe();
    probe = kept;
    return kept.loss();
  }

  @Override
  public FloatMatrix part(Tensor tensor, int layer, Region region) {
    Matrix whole = whole(tensor, layer);
    FloatMatrix part = new FloatMatrix(region.rows(), region.columns());
    for (int i = 0; i < region.rows(); i++) {
      for (int j = 0; j < region.columns(); j++) {
        int index = (region.row() + i) * whole.columns() + region.column() + j;
        float value = (float) whole.value(index);
        boolean off = tensor == wrong && layer == wrongLayer && index == whole.size() - 1;
        part.data()[i * region.columns() + j] = off ? Math.nextUp(value) : value;
      }
    }
    return part;
  }

  private Matrix whole(Tensor tensor, int layer) {
    Parameters parameters = trainer.parameters();
    return switch (tensor) {
      case WEIGHTS -> parameters.weights().get(layer);
      case BIASES -> parameters.biases().get(layer);
      case ACTIVATIONS -> kept().activations().get(layer);
      case DELTAS -> kept().deltas().get(layer);
      case WEIGHT_GRADIENTS -> kept().gradients().weights().get(layer);
      case BIAS_GRADIENTS -> kept().gradients().biases().get(layer);
    };
  }

  private Probe kept() {
    Probe kept = probe;
    if (kept == null) {
      throw new IllegalStateException("the last step was not kept");
    }
    return kept;
  }

  @Override
  public void restart() {
    trainer.restore(initial, 0);
  }
}
