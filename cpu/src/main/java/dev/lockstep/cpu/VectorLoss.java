package dev.lockstep.cpu;

import dev.lockstep.model.Loss;
import jdk.incubator.vector.FloatVector;

/**
 * Losses of some rows and their gradients, row after row. The sums of a row have few terms and one
 * order, so only what is done to each element by itself is done on vectors, over all rows at once.
 */
@FunctionalInterface
interface VectorLoss {

  /**
   * Computes them.
   *
   * @param labels the first row's at {@code row}, as its loss is in rowLoss
   * @param scale of the gradients
   * @param outputs rows x classes, the first element at {@code at}, as in delta
   */
  void ofRows(
      int rows,
      int classes,
      float scale,
      int[] labels,
      float[] rowLoss,
      int row,
      float[] outputs,
      float[] delta,
      int at);

  /** That of a loss. */
  static VectorLoss of(Loss loss) {
    return switch (loss) {
      case CROSS_ENTROPY -> VectorLoss::crossEntropy;
      case SQUARED_ERROR -> VectorLoss::squaredError;
    };
  }

  private static void crossEntropy(
      int rows,
      int classes,
      float scale,
      int[] labels,
      float[] rowLoss,
      int row,
      float[] logits,
      float[] delta,
      int at) {
    for (int i = 0; i < rows; i++) {
      int from = at + i * classes;
      float max = logits[from];
      for (int c = 1; c < classes; c++) {
        max = logits[from + c] > max ? logits[from + c] : max;
      }
      for (int c = 0; c < classes; c++) {
        delta[from + c] = logits[from + c] - max;
      }
      // minus this, the loss is the logarithm of the row's sum
      rowLoss[row + i] = delta[from + labels[row + i]];
    }
    exp(delta, at, at + rows * classes);
    for (int i = 0; i < rows; i++) {
      int from = at + i * classes;
      float sum = 0;
      for (int c = 0; c < classes; c++) {
        sum = sum + delta[from + c];
      }
      for (int c = 0; c < classes; c++) {
        float target = c == labels[row + i] ? 1 : 0;
        delta[from + c] = (delta[from + c] / sum - target) * scale;
      }
      rowLoss[row + i] = Elementary.log(sum) - rowLoss[row + i];
    }
  }

  private static void exp(float[] x, int from, int to) {
    int i = from;
    for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
      VectorElementary.exp(FloatVector.fromArray(Lanes.SPECIES, x, i)).intoArray(x, i);
    }
    for (; i < to; i++) {
      x[i] = Elementary.exp(x[i]);
    }
  }

  private static void squaredError(
      int rows,
      int classes,
      float scale,
      int[] labels,
      float[] rowLoss,
      int row,
      float[] outputs,
      float[] delta,
      int at) {
    for (int i = 0; i < rows; i++) {
      int from = at + i * classes;
      float sum = 0;
      for (int c = 0; c < classes; c++) {
        float distance = outputs[from + c] - (c == labels[row + i] ? 1f : 0f);
        sum = Math.fma(distance, distance, sum);
        delta[from + c] = distance * scale;
      }
      rowLoss[row + i] = 0.5f * sum;
    }
  }
}
