package dev.lockstep.cpu;

import org.jspecify.annotations.Nullable;

/**
 * A product to compute: {@code C[m][n] = op(A)[m][k] op(B)[k][n]}, with C row-major.
 *
 * @param m rows of C, at least 1
 * @param n columns of C, at least 1
 * @param k terms of each chain, at least 1
 * @param left A
 * @param right B
 * @param c the array that receives C, or null if the epilogue consumes it
 * @param epilogue consumes each element of a C that is not stored, once, after its last term
 */
record Product(
    int m, int n, int k, Operand left, Operand right, float @Nullable [] c, Epilogue epilogue) {}
