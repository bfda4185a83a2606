package dev.lockstep.agreement;

import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A trainer's tensors, read piece by piece; the last element of one may be another. */
final class DisturbedView implements TensorView {
  private final TensorView right;
  private @Nullable Tensor wrong;
  private UnaryOperator<Float> disturbance = Math::nextUp;

  DisturbedView(Trainer trainer, Workload workload) {
    right = new ProbedView(trainer, workload);
  }

  /** From the next read on the last element of a tensor is one ulp off. */
  void disturb(Tensor tensor) {
    disturb(tensor, Math::nextUp);
  }

  /** From the next read on the last element of a tensor is what is made of it. */
  void disturb(Tensor tensor, UnaryOperator<Float> change) {
    disturbance = change;
    wrong = tensor;
  }

  @Override
  public StepProgram program() {
    return right.program();
  }

  @Override
  public double keep() {
    return right.keep();
  }

  @Override
  public Inspection inspection() {
    return right.inspection();
  }

  @Override
  public Matrix whole(Tensor tensor) {
    return part(tensor, Region.of(tensor));
  }

  @Override
  public FloatMatrix part(Tensor tensor, Region region) {
    FloatMatrix part = right.part(tensor, region);
    if (tensor.equals(wrong)
        && region.row() + region.rows() == tensor.rows().size()
        && region.column() + region.columns() == tensor.columns().size()) {
      int last = part.size() - 1;
      part.data()[last] = disturbance.apply(part.data()[last]);
    }
    return part;
  }

  @Override
  public OptionalLong stoppedAt() {
    return right.stoppedAt();
  }

  @Override
  public void restart() {
    right.restart();
  }
}
