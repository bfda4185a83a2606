package dev.lockstep.bench.sensors;

import java.math.BigDecimal;

/** What a sensor said, or why it said nothing. */
public sealed interface Reading {

  /**
   * A number.
   *
   * @param unit such as {@code W}
   */
  record Quantity(double value, String unit) implements Reading {
    @Override
    public String toString() {
      return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString() + " " + unit;
    }
  }

  /** A word. */
  record Word(String text) implements Reading {
    @Override
    public String toString() {
      return text;
    }
  }

  /** Nothing, and why. */
  record NotReadable(String reason) implements Reading {
    @Override
    public String toString() {
      return "not readable: " + reason;
    }
  }

  /** Something to read. */
  @FunctionalInterface
  interface Source {
    /** Reads it. */
    Reading read() throws NotReadableException;
  }

  /** Reads, or says why not. */
  static Reading of(Source source) {
    try {
      return source.read();
    } catch (NotReadableException e) {
      return new NotReadable(String.valueOf(e.getMessage()));
    }
  }
}
