package dev.lockstep.bench;

/** Flags whose value is a list. */
public final class Lists {

  /**
   * Splits a list, as a regular expression. A comma at the end stays with the last value, which is
   * none then: split off, it would leave an empty value that {@link String#split(String)} drops.
   */
  public static final String COMMA = ",(?!$)";

  private Lists() {}
}
