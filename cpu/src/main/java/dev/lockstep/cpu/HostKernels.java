package dev.lockstep.cpu;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.Formula;
import dev.lockstep.program.Fusion;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.Storage;
import dev.lockstep.program.Tensor;
import java.util.List;

/**
 * The operations of canonical arithmetic on arrays of one kind. Each method binds an operation to
 * its arrays and returns a call, which runs it again and again and allocates nothing.
 *
 * <p>On Java arrays {@code scalar} and {@code double} have the plainest loops that say what is
 * meant; {@code vector} shares none of them but where a row ends inside a vector. In native memory
 * the operations surround the products of a library.
 *
 * @param <A> {@code float[]}, {@code double[]} or native memory; all matrices row-major. An array
 *     may be longer than its matrix, unless a method says otherwise
 */
interface HostKernels<A> extends Fusion.Rules, Storage.InPlace, AutoCloseable {

  /** A zeroed array. */
  A allocate(int length);

  /** Overwrites an array with a matrix, rounded or widened to this precision. */
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

  /** Overwrites one array with the first elements of another. */
  Runnable copy(A from, A to, int length);

  /** Row i of x is row rowNumbers[i] of the features, which have as many columns. */
  Runnable gather(float[] features, int columns, int[] rowNumbers, A x);

  /** C = op(A) op(B). */
  Runnable product(ProductShape shape, A a, A b, A c);

  /** shifted = bias + noise, element by element. */
  Runnable shift(A bias, float[] noise, A shifted);

  /**
   * z[i][j] = z[i][j] + b[j], a[i][j] = f(z[i][j]), rows x columns.
   *
   * @param a z itself, if {@link #works} says so, or another array
   */
  Runnable activate(Activation activation, int rows, int columns, A z, A bias, A a);

  /**
   * upstream = f'(upstream, kept) in place, so many elements.
   *
   * @param kept z of an activation that keeps its input, else a
   */
  Runnable derivative(Activation activation, int length, A upstream, A kept);

  /** Loss of each row and its gradient by the outputs, scaled by 1 / rows. */
  Runnable loss(Loss loss, int rows, int classes, A outputs, int[] labels, A rowLoss, A delta);

  /** sums[j] = sum over rows, ascending from +0. */
  Runnable columnSums(int rows, int columns, A delta, A sums);

  /** sums[j] = chain of fma(a, b, sum) over rows, ascending from +0. */
  Runnable columnProducts(int rows, int columns, A a, A b, A sums);

  /**
   * An operand of {@link #elementwise}.
   *
   * @param stride from a row to the next: its columns, or 0 if one row stands for all
   */
  record Strided<A>(A array, int stride) {}

  /**
   * result[i][j] = formula of a[i][j], b[i][j] and c[i][j], rows x columns.
   *
   * @param b a once more, of a formula of one operand
   * @param c b once more, of a formula of two
   * @param result an operand's array that is as large, or another
   */
  Runnable elementwise(
      Formula formula, int rows, int columns, Strided<A> a, Strided<A> b, Strided<A> c, A result);

  /**
   * New parameters from their gradients, in place, as {@link Update} writes it.
   *
   * @param numbers of the step at hand, read at each call
   * @param moments what the rule keeps of each, in place
   */
  Runnable update(Update update, StepNumbers numbers, int length, A w, A gradient, List<A> moments);

  /**
   * {@link #product} and {@link #update} of w, which is as large as C, in one pass; for kernels
   * that {@link #join} the two.
   */
  default Runnable productUpdate(
      ProductShape shape, A a, A b, Update update, StepNumbers numbers, A w, List<A> moments) {
    throw new UnsupportedOperationException("these kernels join nothing");
  }

  @Override
  default boolean join(Op first, Op second) {
    return false;
  }

  @Override
  default boolean works(Op op, Tensor result) {
    return true;
  }

  /** Gives back all arrays and threads. */
  @Override
  default void close() {}
}
