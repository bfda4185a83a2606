package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;

/**
 * A backend in host memory whose product can be run alone, again and again, on operands that lie
 * where it wants them: for timing.
 */
public interface Multiplier {

  /**
   * A product C = op(A) op(B), with the very code that the backend's trainer multiplies with.
   *
   * @param form how A and B are stored
   * @param a read once
   * @param b read once
   * @throws UnavailableException if the backend cannot run here
   */
  Multiplication multiplication(ProductForm form, Matrix a, Matrix b, Resources resources);

  /** One product. For one thread at a time. */
  interface Multiplication extends AutoCloseable {

    /** Overwrites C with the product. */
    void run();

    /** Overwrites C with NaN, so that what stands there later was computed later. */
    void clear();

    /** An element of C. */
    float at(int row, int column);

    /** Ends its threads and gives back what it holds. */
    @Override
    void close();
  }
}
