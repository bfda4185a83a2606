package dev.lockstep.cpu;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import java.util.List;

/** The operations of a step in binary32 that are no products; all matrices row-major. */
interface ElementwiseKernels {

  /** z[i][j] = f(z[i][j] + b[j]) in place, rows x columns. */
  void activate(Activation activation, int rows, int columns, float[] z, float[] bias);

  /** upstream = f'(upstream, a) in place. */
  void derivative(Activation activation, float[] upstream, float[] activations);

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
