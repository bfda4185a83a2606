package dev.lockstep.cpu;

import dev.lockstep.model.Loss;
import jdk.incubator.vector.FloatVector;

/**
 * Computes the losses of some rows and their gradients. A row's sums have few terms and a fixed
 * order, so they are scalar. Only element-wise operations use vectors, over all rows at once.
 */
@FunctionalInterface
interface VectorLoss {

  /**
   * Computes the losses and gradients of some rows.
   *
   * @param scale factor of the gradients
   * @param row index of the first row in labels and rowLoss
   * @param outputs rows x classes, as delta
   * @param at index of the first element in outputs and delta
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

  /** Returns the implementation of a loss. */
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
      // The loss is the logarithm of the row's sum minus this.
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
