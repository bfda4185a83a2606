package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Op;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What an exact backend owes to the last bit after one step.
 *
 * @param program program of the step
 * @param loss mean loss of the step
 * @param probe all tensors of the step, if they were kept
 * @param parameters parameters after the step
 * @param moments moments after the step; empty if they were not read
 */
record StepBits(
    StepProgram program,
    double loss,
    Optional<Probe> probe,
    Parameters parameters,
    List<Parameters> moments) {

  StepBits {
    moments = List.copyOf(moments);
  }

  /**
   * Returns the first difference of another backend's step from this one, in the order in which a
   * step computes them: kept tensors and the loss, parameters, moments, and the evaluation.
   * Compares only what both have.
   *
   * @param step the step, from 1
   */
  Optional<Difference> first(int step, StepBits other) {
    return tensors(step, other)
        .or(() -> Difference.first(step, parameters, other.parameters))
        .or(() -> moments(step, other));
  }

  private Optional<Difference> tensors(int step, StepBits other) {
    if (probe.isEmpty() || other.probe.isEmpty()) {
      return loss(step, other);
    }
    for (Op op : program.ops()) {
      Optional<Difference> difference =
          op instanceof Op.Stop
              ? loss(step, other)
              : op.writes().stream()
                  .flatMap(tensor -> tensor(step, tensor, other).stream())
                  .findFirst();
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  private Optional<Difference> tensor(int step, Tensor tensor, StepBits other) {
    return probe
        .map(shown -> shown.tensors().get(tensor))
        .flatMap(
            expected ->
                other
                    .probe
                    .map(shown -> shown.tensors().get(tensor))
                    .flatMap(actual -> Difference.first(step, tensor.name(), expected, actual)));
  }

  private Optional<Difference> loss(int step, StepBits other) {
    return number(step, "loss", loss, other.loss);
  }

  private Optional<Difference> moments(int step, StepBits other) {
    for (int k = 0; k < Math.min(moments.size(), other.moments.size()); k++) {
      Map<Layer.Parameter, Tensor> tensors = program.moments().get(k);
      for (Parameters.Entry entry : moments.get(k).entries()) {
        String name = Objects.requireNonNull(tensors.get(entry.parameter())).name();
        Matrix actual = other.moments.get(k).get(entry.name());
        Optional<Difference> difference = Difference.first(step, name, entry.matrix(), actual);
        if (difference.isPresent()) {
          return difference;
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the first difference of an evaluation on the test rows from another. */
  static Optional<Difference> first(int step, Evaluation expected, Evaluation actual) {
    return number(step, "loss of the test rows", expected.loss(), actual.loss())
        .or(
            () ->
                number(step, "accuracy of the test rows", expected.accuracy(), actual.accuracy()));
  }

  private static Optional<Difference> number(
      int step, String name, double expected, double actual) {
    return Difference.first(step, name, one(expected), one(actual));
  }

  private static DoubleMatrix one(double value) {
    return new DoubleMatrix(1, 1, new double[] {value});
  }
}
