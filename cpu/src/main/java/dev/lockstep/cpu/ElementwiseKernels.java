package dev.lockstep.cpu;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import java.util.List;

/** The operations of a step in binary32 that are no products; all matrices row-major. */
interface ElementwiseKernels {

  /**
   * z[i][j] = z[i][j] + b[j], a[i][j] = f(z[i][j]), rows x columns.
   *
   * @param a z itself, unless the activation {@link Activation#keepsInput keeps its input}
   */
  void activate(Activation activation, int rows, int columns, float[] z, float[] bias, float[] a);

  /**
   * upstream = f'(upstream, kept) in place.
   *
   * @param kept z of an activation that keeps its input, else a
   */
  void derivative(Activation activation, float[] upstream, float[] kept);

  /** Loss of each row and its gradient by the outputs, scaled by 1 / rows. */
  void loss(
      Loss loss,
      int rows,
      int classes,
      float[] outputs,
      int[] labels,
      float[] rowLoss,
      float[] delta);

  /** sums[j] = sum over rows, ascending from +0. */
  void columnSums(int rows, int columns, float[] delta, float[] sums);

  /**
   * New parameters from their gradients, in place.
   *
   * @param moments what the rule keeps of each, in place
   */
  void update(Update update, float[] weights, float[] gradient, List<float[]> moments);
}
