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
    super(field + " is " + shown(String.valueOf(value)) + ", " + problem);
  }

  private static String shown(String value) {
    String text = Printable.of(value.substring(0, Math.min(LONGEST_VALUE, value.length())));
    return text.length() < value.length() ? text + "..." : text;
  }
}
