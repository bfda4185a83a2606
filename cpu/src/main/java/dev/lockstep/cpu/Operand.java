package dev.lockstep.cpu;

import dev.lockstep.program.ProductForm;

/**
 * One of the two matrices of a product, seen as terms by lanes. The terms are k; the lanes are the
 * rows of C for A and the columns of C for B. The forms of a product differ only in whether terms
 * or lanes are adjacent in memory.
 *
 * @param values the matrix, row-major
 * @param stride the length of a stored row
 * @param layout the content of a stored row
 */
record Operand(float[] values, int stride, Layout layout) {
  enum Layout {
    /** A stored row has all lanes of one term. */
    LANES_IN_ROW,
    /** A stored row has all terms of one lane. */
    TERMS_IN_ROW
  }

  static Operand left(ProductForm form, int m, int k, float[] a) {
    return switch (form) {
      case AB, ABT -> new Operand(a, k, Layout.TERMS_IN_ROW);
      case ATB -> new Operand(a, m, Layout.LANES_IN_ROW);
    };
  }

  static Operand right(ProductForm form, int n, int k, float[] b) {
    return switch (form) {
      case AB, ATB -> new Operand(b, n, Layout.LANES_IN_ROW);
      case ABT -> new Operand(b, k, Layout.TERMS_IN_ROW);
    };
  }

  /**
   * Packs a block of {@code depth} terms by {@code lanes} lanes into panels; see {@link Packing}.
   */
  void pack(int lane0, int lanes, int k0, int depth, Packed panels, int width) {
    switch (layout) {
      case LANES_IN_ROW ->
          Packing.lanesInRow(values, k0 * stride + lane0, stride, lanes, depth, panels, width);
      case TERMS_IN_ROW ->
          Packing.termsInRow(values, lane0 * stride + k0, stride, lanes, depth, panels, width);
    }
  }
}
