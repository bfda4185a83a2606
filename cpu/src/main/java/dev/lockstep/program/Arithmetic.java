package dev.lockstep.program;

/** The version of the canonical arithmetic, which ARITHMETIC.md specifies. */
public final class Arithmetic {

  /**
   * Raised with every change that gives some network other bits. A training that was begun under
   * another version cannot go on.
   */
  public static final int VERSION = 1;

  private Arithmetic() {}
}
