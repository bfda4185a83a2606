package dev.lockstep.agreement;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/** How strict a comparison was. Every verdict names its tier. */
public enum Tier implements Labelled {
  /** All parameters equal, bit for bit, after every step compared. */
  BITS,
  /**
   * Single products of operands so coarse that every partial sum is exact: all bits equal, in
   * whatever order they are added.
   */
  EXACT_DATA,
  /** One step from the same state: every element within the a-priori rounding bound. */
  BOUND,
  /**
   * One step of the quotient of a lockstep network, in binary64, gives the wide network's loss and
   * gradients within the same bound.
   */
  QUOTIENT,
  /**
   * Some elements of everything a step computed, recomputed from the backend's own operands: equal
   * bit for bit, or, products of a library, within the a-priori bound of each.
   */
  SAMPLE,
  /**
   * A whole run: the unit classes of an exact backend, or a named break, and an accuracy no further
   * from its accuracy than chance would bring it.
   */
  VERDICTS;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
