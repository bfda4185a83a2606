package dev.lockstep.bench.order;

import dev.lockstep.input.Labelled;

/**
 * A product whose order cannot be revealed.
 *
 * @param reason the kind of obstacle
 * @param evidence what was seen, in one sentence
 * @param products the number of products that were computed
 */
public record Unrevealed(Reason reason, String evidence, int products) implements Revelation {

  /** Why an order cannot be revealed. */
  public enum Reason implements Labelled {
    /** Equal operands gave different bits. */
    NON_DETERMINISTIC("not deterministic"),
    /** The order depends on the numbers. */
    VALUE_DEPENDENT("depends on values"),
    /** No sum in binary32 has such results. */
    NO_BINARY32_SUM("no sum in binary32"),
    /** There are more different trees than are revealed. */
    TOO_MANY_TREES("too many trees"),
    /** Time or products ran out. */
    BUDGET("over the budget"),
    /** The backend failed. */
    FAILED("failed");

    private final String words;

    Reason(String words) {
      this.words = words;
    }

    @Override
    public String label() {
      return Labelled.hyphenated(this);
    }

    /** The reason in words. */
    public String words() {
      return words;
    }
  }
}
