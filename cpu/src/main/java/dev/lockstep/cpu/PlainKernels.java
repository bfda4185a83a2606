package dev.lockstep.cpu;

import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Update;
import java.util.List;

/**
 * The operations of canonical arithmetic on arrays of one precision, one at a time. On Java arrays
 * each is the plainest loop that says what is meant: the oracles' own, of which {@code vector}
 * shares none. In native memory they surround the products of a library.
 *
 * @param <A> {@code float[]}, {@code double[]} or native memory; all matrices row-major
 */
interface PlainKernels<A> extends AutoCloseable {

  /** A zeroed array. */
  A allocate(int length);

  /** Overwrites an array of its size with a matrix, rounded or widened to this precision. */
  void copy(Matrix matrix, A target);

  /** A new array with the elements of a matrix. */
  default A from(Matrix matrix) {
    A array = allocate(matrix.size());
    copy(matrix, array);
    return array;
  }

  /** Gives an array back before the others; those in the heap go by themselves. */
  default void release(A array) {}

  /** A copy of an array as a matrix. */
  Matrix matrix(int rows, int columns, A data);

  /** One element, widened. */
  double at(A data, int index);

  /** Copies a binary32 row of features to {@code target[offset ..]}. */
  void gather(float[] source, int from, int length, A target, int offset);

  /** C = op(A) op(B) of inner dimension k. */
  void product(ProductForm form, int m, int n, int k, A a, A b, A c);

  /** shifted = bias + noise, element by element. */
  void shift(A bias, float[] noise, A shifted);

  /**
   * z[i][j] = z[i][j] + b[j], a[i][j] = f(z[i][j]), rows x columns.
   *
   * @param a z itself, unless the activation {@link Activation#keepsInput keeps its input}
   */
  void activate(Activation activation, int rows, int columns, A z, A bias, A a);

  /**
   * upstream = f'(upstream, kept) in place.
   *
   * @param kept z of an activation that keeps its input, else a
   */
  void derivative(Activation activation, A upstream, A kept);

  /** Loss of each row and its gradient by the outputs, scaled by 1 / rows. */
  void loss(Loss loss, int rows, int classes, A outputs, int[] labels, A rowLoss, A delta);

  /** sums[j] = sum over rows, ascending from +0. */
  void columnSums(int rows, int columns, A delta, A sums);

  /**
   * New parameters from their gradients, in place.
   *
   * @param moments what the rule keeps of each, in place
   */
  void update(Update update, A weights, A gradient, List<A> moments);

  /** Gives back all arrays and threads. */
  @Override
  default void close() {}
}
