package dev.lockstep.cpu;

import dev.lockstep.backend.ProductForm;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products in canonical order with the Vector API, on a team of threads of its own: the
 * products of the {@code vector} backend, for those who want to time or check them alone.
 *
 * <p>For one thread at a time.
 */
public final class VectorProducts implements AutoCloseable {
  private final Workers workers;
  private final Gemm gemm;

  /**
   * Starts the threads.
   *
   * @param threads how many work on a product, the caller included
   * @throws IllegalArgumentException if {@code threads} is less than 1
   */
  public VectorProducts(int threads) {
    workers = new Workers(threads);
    gemm = new Gemm(workers);
  }

  /**
   * Overwrites C[m][n] with op(A)[m][k] op(B)[k][n]; all matrices are row-major. Each element is
   * one chain, {@code acc = +0; acc = fma(A[i][k], B[k][j], acc)} with k ascending, whatever the
   * number of threads and the width of the vectors.
   *
   * @param form how A and B are stored
   * @param m rows of C, at least 1
   * @param n columns of C, at least 1
   * @param k terms of each chain; 0 makes C all +0
   * @param a m k floats or more
   * @param b k n floats or more
   * @param c m n floats or more, neither a nor b
   * @throws IllegalArgumentException if a size is out of range, an array too short for it, or c an
   *     operand
   * @throws IllegalStateException after {@link #close}
   */
  public void multiply(ProductForm form, int m, int n, int k, float[] a, float[] b, float[] c) {
    workers.requireOpen();
    gemm.multiply(form, m, n, k, a, b, c, Epilogue.NONE);
  }

  /** Returns the vectors that products are computed with in this JVM. */
  public static VectorSpecies<Float> species() {
    return Lanes.SPECIES;
  }

  /** Ends the threads. */
  @Override
  public void close() {
    workers.close();
  }
}
