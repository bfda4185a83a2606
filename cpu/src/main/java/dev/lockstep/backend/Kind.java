package dev.lockstep.backend;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/** What may be expected of a backend's bits. */
public enum Kind implements Labelled {
  /** Follows canonical arithmetic: equals every other exact backend bit for bit. */
  EXACT,
  /** The same computation in binary64: bounds the rounding error of the others. */
  ORACLE,
  /**
   * A library computes the products in an order of its own: they are equal within the a-priori
   * bound, and everything that follows from them is canonical.
   */
  LIBRARY,
  /**
   * A library computes the whole step: every number of it is within the a-priori bound of its
   * operation, and none has canonical bits.
   */
  LIBRARY_STEP;

  /** Whether a library adds in an order of its own, which lockstep may not survive. */
  public boolean isLibrary() {
    return this == LIBRARY || this == LIBRARY_STEP;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
