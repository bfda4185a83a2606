package dev.lockstep.bench.order;

import dev.lockstep.program.ProductShape;

/** The operand that carries probes: one for each row of C in A, or one for each column in B. */
enum Side {
  ROWS,
  COLUMNS;

  Side other() {
    return this == ROWS ? COLUMNS : ROWS;
  }

  /** The rows or columns of C. */
  int lanes(ProductShape shape) {
    return this == ROWS ? shape.m() : shape.n();
  }
}
