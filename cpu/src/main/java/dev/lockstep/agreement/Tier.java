package dev.lockstep.agreement;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/** How strict a comparison was. Every verdict names its tier. */
public enum Tier implements Labelled {
  /** All parameters equal, bit for bit, after every step compared. */
  BITS,
  /**
   * Single products whose operands have so few bits that every partial sum is exact: all bits
   * equal, in any order of accumulation.
   */
  EXACT_DATA,
  /**
   * Every product of a step, computed again from the backend's own operands in the order of
   * addition that was revealed for its single products: all bits of the sampled elements equal.
   */
  OWN_ORDER,
  /**
   * Every operation of a step by itself: every element of its result, computed from the backend's
   * own operands, within the a-priori rounding bound of this one operation.
   */
  OPERATIONS,
  /**
   * Single operations and small trainings on numbers that networks rarely meet, compared bit for
   * bit with a plain computation of the same.
   */
  EDGE_CASES,
  /** One step from equal states: every element within the a-priori rounding bound. */
  BOUND,
  /**
   * One step of the quotient of a lockstep network, in binary64: it gives the wide network's loss
   * and gradients within the bound of {@link #BOUND}.
   */
  QUOTIENT,
  /**
   * Some elements of every result of a step, recomputed from the backend's own operands: equal bit
   * for bit or, for results of a library, within their a-priori bounds.
   */
  SAMPLE,
  /**
   * A whole run: the unit classes of an exact backend, or a named break of lockstep, and a test
   * accuracy that differs from the exact backend's by no more than chance.
   */
  VERDICTS;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
