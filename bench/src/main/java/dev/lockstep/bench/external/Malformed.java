package dev.lockstep.bench.external;

import dev.lockstep.input.Printable;

/** Thrown if a part of an answer breaks the protocol. */
final class Malformed extends RuntimeException {

  private static final long serialVersionUID = 1;
  private static final int LONGEST_VALUE = 80;

  /**
   * Creates the message {@code FIELD is VALUE, PROBLEM}.
   *
   * @param value the value found, of any length and content
   */
  Malformed(String field, Object value, String problem) {
    super(field + " is " + Printable.of(String.valueOf(value), LONGEST_VALUE) + ", " + problem);
  }
}
