package dev.lockstep.backend;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/** The guarantee on a backend's bits. */
public enum Kind implements Labelled {
  /** Follows canonical arithmetic: results equal those of every other exact backend bit for bit. */
  EXACT,
  /** Runs the same computation in binary64, to bound the rounding errors of the other backends. */
  ORACLE,
  /**
   * A library computes the products in its own order of accumulation. Products are within the
   * a-priori bound; all other operations are canonical.
   */
  LIBRARY,
  /**
   * A library computes the whole step. Every result is within the a-priori bound of its operation;
   * none has canonical bits.
   */
  LIBRARY_STEP;

  /** Returns whether a library accumulates in its own order, which may break lockstep. */
  public boolean isLibrary() {
    return this == LIBRARY || this == LIBRARY_STEP;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
