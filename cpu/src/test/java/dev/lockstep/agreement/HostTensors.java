package dev.lockstep.agreement;

import dev.lockstep.backend.ProbedTensors;
import dev.lockstep.backend.ResidentTensors;
import dev.lockstep.backend.Trainer;
import dev.lockstep.model.FloatMatrix;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A trainer in the heap, read piece by piece; one element of one tensor may read one ulp off. */
final class HostTensors implements ResidentTensors {
  private final ResidentTensors right;
  private @Nullable Tensor wrong;
  private int wrongLayer;

  private UnaryOperator<Float> disturbance = Math::nextUp;

  HostTensors(Trainer trainer) {
    right = new ProbedTensors(trainer, trainer.parameters());
  }

  /** From the next read on the last element of a tensor is off. */
  void disturb(Tensor tensor, int layer) {
    disturb(tensor, layer, Math::nextUp);
  }

  /** From the next read on the last element of a tensor is what is made of it. */
  void disturb(Tensor tensor, int layer, UnaryOperator<Float> change) {
    disturbance = change;
    wrong = tensor;
    wrongLayer = layer;
  }

  @Override
  public double keep() {
    return right.keep();
  }

  @Override
  public FloatMatrix part(Tensor tensor, int layer, Region region) {
    FloatMatrix part = right.part(tensor, layer, region);
    if (tensor == wrong && layer == wrongLayer && holdsLast(tensor, layer, region)) {
      int last = part.size() - 1;
      part.data()[last] = disturbance.apply(part.data()[last]);
    }
    return part;
  }

  /** Whether the region ends where the tensor does: one element further there is nothing. */
  private boolean holdsLast(Tensor tensor, int layer, Region region) {
    return !exists(tensor, layer, region.row() + region.rows(), region.column())
        && !exists(
            tensor, layer, region.row() + region.rows() - 1, region.column() + region.columns());
  }

  private boolean exists(Tensor tensor, int layer, int row, int column) {
    try {
      right.part(tensor, layer, new Region(row, 1, column, 1));
      return true;
    } catch (IndexOutOfBoundsException none) {
      return false;
    }
  }

  @Override
  public void restart() {
    right.restart();
  }
}
