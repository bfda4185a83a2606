package dev.lockstep.bench.sensors;

import java.math.BigDecimal;

/** The reading of a sensor, or the reason why there is none. */
public sealed interface Reading {

  /**
   * A number with its unit.
   *
   * @param unit such as {@code W}
   */
  record Quantity(double value, String unit) implements Reading {
    @Override
    public String toString() {
      return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString() + " " + unit;
    }
  }

  /** A text. */
  record Word(String text) implements Reading {
    @Override
    public String toString() {
      return text;
    }
  }

  /** The reason, as a clause, why there is no reading. */
  record NotReadable(String reason) implements Reading {
    @Override
    public String toString() {
      return "not readable: " + reason;
    }
  }

  /** A sensor. */
  @FunctionalInterface
  interface Source {
    /** Reads the sensor. */
    Reading read() throws NotReadableException;
  }

  /** Reads a sensor; a failure becomes {@link NotReadable}. */
  static Reading of(Source source) {
    try {
      return source.read();
    } catch (NotReadableException e) {
      return new NotReadable(String.valueOf(e.getMessage()));
    }
  }
}
