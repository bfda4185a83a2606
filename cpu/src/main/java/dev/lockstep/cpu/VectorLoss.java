package dev.lockstep.cpu;

import dev.lockstep.model.Loss;
import jdk.incubator.vector.FloatVector;

/**
 * The loss of one row of classes, from a place in the outputs, and its gradient times a scale. The
 * sums of a row have few terms and one order, so rows are computed one by one.
 */
@FunctionalInterface
interface VectorLoss {

  /**
   * Computes it.
   *
   * @param row the first output of the row, and the first element of its gradient in delta
   */
  float ofRow(int classes, float[] outputs, int row, int label, float scale, float[] delta);

  /** That of a loss. */
  static VectorLoss of(Loss loss) {
    return switch (loss) {
      case CROSS_ENTROPY -> VectorLoss::crossEntropy;
      case SQUARED_ERROR -> VectorLoss::squaredError;
    };
  }

  private static float crossEntropy(
      int classes, float[] logits, int row, int label, float scale, float[] delta) {
    float max = logits[row];
    for (int c = 1; c < classes; c++) {
      max = logits[row + c] > max ? logits[row + c] : max;
    }
    for (int c = 0; c < classes; c += Lanes.COUNT) {
      var mask = Lanes.SPECIES.indexInRange(c, classes);
      VectorElementary.exp(FloatVector.fromArray(Lanes.SPECIES, logits, row + c, mask).sub(max))
          .intoArray(delta, row + c, mask);
    }
    float sum = 0;
    for (int c = 0; c < classes; c++) {
      sum = sum + delta[row + c];
    }
    for (int c = 0; c < classes; c++) {
      float target = c == label ? 1 : 0;
      delta[row + c] = (delta[row + c] / sum - target) * scale;
    }
    return Elementary.log(sum) - (logits[row + label] - max);
  }

  /** The sum has one order; of as few terms as there are classes, it is not worth a vector. */
  private static float squaredError(
      int classes, float[] outputs, int row, int label, float scale, float[] delta) {
    float sum = 0;
    for (int c = 0; c < classes; c++) {
      float distance = outputs[row + c] - (c == label ? 1f : 0f);
      sum = Math.fma(distance, distance, sum);
      delta[row + c] = distance * scale;
    }
    return 0.5f * sum;
  }
}
