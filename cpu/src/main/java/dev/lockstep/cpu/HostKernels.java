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
 * The operations of a step on arrays of one kind. Each method that returns a {@link Runnable} binds
 * an operation to its arrays. The call can be repeated and allocates nothing.
 *
 * <p>{@code scalar} and {@code double} are plain loops over Java arrays, written for clarity.
 * {@code vector} shares no code with them except for elements that do not fill a vector. On native
 * memory, the operations complement the products of a library.
 *
 * @param <A> {@code float[]}, {@code double[]} or native memory. Matrices are row-major. An array
 *     may be longer than its matrix, unless a method says otherwise
 */
interface HostKernels<A> extends Fusion.Rules, Storage.InPlace, AutoCloseable {

  /** Allocates a zeroed array. */
  A allocate(int length);

  /** Overwrites an array with a matrix, rounded or widened to this precision. */
  void copy(Matrix matrix, A target);

  /** Releases an array before {@link #close}. Arrays in the heap need no release. */
  default void release(A array) {}

  /** Copies an array to a matrix. */
  Matrix matrix(int rows, int columns, A data);

  /** Returns an element, widened to binary64. */
  double at(A data, int index);

  /** Copies the first {@code length} elements of an array to another. */
  Runnable copy(A from, A to, int length);

  /** Copies row rowNumbers[i] of the features to row i of x; both have {@code columns} columns. */
  Runnable gather(float[] features, int columns, int[] rowNumbers, A x);

  /** Computes C = op(A) op(B). */
  Runnable product(ProductShape shape, A a, A b, A c);

  /** Computes shifted = bias + noise, element by element. */
  Runnable shift(A bias, float[] noise, A shifted);

  /**
   * Computes z[i][j] = z[i][j] + bias[j] and a[i][j] = f(z[i][j]); both are rows x columns.
   *
   * @param a another array, or z itself if {@link #works} allows it
   */
  Runnable activate(Activation activation, int rows, int columns, A z, A bias, A a);

  /**
   * Multiplies {@code length} elements of upstream by f'(z), in place.
   *
   * @param kept z if the activation keeps its input, else a
   */
  Runnable derivative(Activation activation, int length, A upstream, A kept);

  /**
   * Computes the loss of each row and delta, its gradient with respect to the outputs times 1 /
   * rows. Outputs and delta are rows x classes.
   */
  Runnable loss(Loss loss, int rows, int classes, A outputs, int[] labels, A rowLoss, A delta);

  /** Computes sums[j], the sum of column j of delta over ascending rows from +0. */
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
   * Updates {@code length} parameters and their moments in place, as {@link Update} defines.
   *
   * @param numbers the numbers of the current step, read at each call
   * @param moments one array for each of the rule's moments
   */
  Runnable update(Update update, StepNumbers numbers, int length, A w, A gradient, List<A> moments);

  /**
   * Runs {@link #product} and {@link #update} of w in one pass, with the product as gradient. Only
   * kernels that {@link #join} the two implement it.
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

  /** Releases all arrays and threads. */
  @Override
  default void close() {}
}
