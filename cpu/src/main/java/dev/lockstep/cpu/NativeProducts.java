package dev.lockstep.cpu;

import dev.lockstep.program.ProductForm;
import java.lang.foreign.MemorySegment;

/** Matrix products of a host library on native memory. */
@FunctionalInterface
public interface NativeProducts {

  /**
   * Overwrites {@code C[m][n]} with {@code op(A)[m][k] op(B)[k][n]}, in binary32. All matrices are
   * row-major and dense and start at a multiple of 64 bytes. C may contain any values before,
   * including NaN.
   *
   * @param form how A and B are stored
   * @param m rows of C, at least 1
   * @param n columns of C, at least 1
   * @param k terms of each element, at least 1
   */
  void multiply(
      ProductForm form, int m, int n, int k, MemorySegment a, MemorySegment b, MemorySegment c);
}
