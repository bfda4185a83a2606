package dev.lockstep.agreement;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Axis;
import dev.lockstep.program.Op;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Collects the inputs of a step from its workload: the batch's rows, their labels and noise. */
final class GivenTensors {

  private GivenTensors() {}

  /**
   * Returns the inputs of a step.
   *
   * @param step the step, from 0
   */
  static Map<Tensor, Matrix> of(Workload workload, StepProgram program, long step) {
    Map<Tensor, Matrix> given = new HashMap<>();
    given.put(program.x(), workload.rowsOf(step));
    given.put(program.labels(), labels(workload, step));
    for (Op op : program.ops()) {
      if (op instanceof Op.ShiftBias shift
          && shift.noise().columns() instanceof Axis.Units(int layer, int units)) {
        float[] noise = workload.noise().draw(step, layer, units);
        given.put(shift.noise(), new FloatMatrix(1, units, noise));
      }
    }
    return given;
  }

  private static Matrix labels(Workload workload, long step) {
    int[] numbers = new int[workload.batch()];
    workload.batches().rowsOf(step, numbers);
    int[] labels = workload.data().train().labels();
    return new DoubleMatrix(
        numbers.length, 1, Arrays.stream(numbers).mapToDouble(i -> labels[i]).toArray());
  }
}
