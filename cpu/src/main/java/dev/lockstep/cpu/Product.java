package dev.lockstep.cpu;

import org.jspecify.annotations.Nullable;

/**
 * What is to be multiplied: {@code C[m][n] = op(A)[m][k] op(B)[k][n]}, C row-major.
 *
 * @param m rows of C, at least 1
 * @param n columns of C, at least 1
 * @param k terms of each chain, at least 1
 * @param left A
 * @param right B
 * @param c where C goes, or null if it goes to the epilogue
 * @param epilogue sees each element of a C that is kept nowhere once, after its last term
 */
record Product(
    int m, int n, int k, Operand left, Operand right, float @Nullable [] c, Epilogue epilogue) {}
