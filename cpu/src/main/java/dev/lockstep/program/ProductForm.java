package dev.lockstep.program;

/**
 * Which operands of a matrix product are stored transposed.
 *
 * <p>Every product has the shape {@code C[m][n] = op(A)[m][k] op(B)[k][n]}. All matrices are
 * row-major and dense: the distance between two rows is the length of a row.
 */
public enum ProductForm {
  /** A is stored [m][k] and B [k][n]. The forward pass: activations times weights. */
  AB,

  /** A is stored [m][k] and B [n][k]. The backward pass: deltas times transposed weights. */
  ABT,

  /** A is stored [k][m] and B [k][n]. The weight gradient: transposed activations times deltas. */
  ATB
}
