package dev.lockstep.cpu;

import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Matrix;

/**
 * The operations of canonical arithmetic on arrays of one precision, each the plainest loop that
 * says what is meant. The oracles' own: the fast backends share none of it.
 *
 * @param <A> {@code float[]} or {@code double[]}; all matrices row-major
 */
interface PlainKernels<A> {

  /** A zeroed array. */
  A allocate(int length);

  /** The elements of a matrix, rounded or widened to this precision; a new array. */
  A from(Matrix matrix);

  /** A copy of an array as a matrix. */
  Matrix matrix(int rows, int columns, A data);

  /** One element, widened. */
  double at(A data, int index);

  /** Copies a binary32 row of features to {@code target[offset ..]}. */
  void gather(float[] source, int from, int length, A target, int offset);

  /** C = op(A) op(B) of inner dimension k. */
  void product(ProductForm form, int m, int n, int k, A a, A b, A c);

  /** z[i][j] = f(z[i][j] + b[j]) in place, rows x columns. */
  void activate(Activation activation, int rows, int columns, A z, A bias);

  /** upstream = f'(upstream, a) in place. */
  void derivative(Activation activation, A upstream, A activations);

  /** Loss of each row and its gradient by the logits, scaled by 1 / rows. */
  void crossEntropy(int rows, int classes, A logits, int[] labels, A rowLoss, A delta);

  /** sums[j] = sum over rows, ascending from +0. */
  void columnSums(int rows, int columns, A delta, A sums);

  /** w = fma(-rate, g, w) in place. */
  void sgd(A weights, A gradient, float rate);
}
