package dev.lockstep.bench.flags;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.math.BigInteger;
import java.util.List;

/**
 * The bounds of a whole number that a flag takes, both included. Flags are bounded when they are
 * read, before anything is multiplied, allocated, measured or written.
 */
public record Bounds(int least, int most) {

  /** Units of a hidden layer. */
  public static final Bounds UNITS = new Bounds(1, Limits.UNITS.count());

  /** Hidden layers. */
  public static final Bounds LAYERS = new Bounds(1, Limits.LAYERS.count());

  /** Rows of a step, of which the data has fewer, and steps. */
  public static final Bounds POSITIVE = new Bounds(1, Integer.MAX_VALUE);

  /** Worker threads of a backend on the CPU. */
  public static final Bounds THREADS = new Bounds(1, Limits.THREADS.count());

  /** Numbers of CUDA devices. */
  public static final Bounds DEVICES = new Bounds(0, Limits.DEVICE.count());

  /**
   * Reads a whole number.
   *
   * @param source the flag
   * @throws InputException naming the flag, the text and the bounds
   */
  public int parse(String source, String text) {
    // Longer than any number within bounds, and short enough for parseLong.
    if (text.matches("[-+]?\\d{1,18}")) {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return (int) number;
      }
    }
    throw new InputException(source, field(source), text, expected());
  }

  /** These bounds with another least value. */
  public Bounds from(int other) {
    return new Bounds(other, most);
  }

  /** The end of a message: {@code expected a whole number from 1 to 1024}. */
  public String expected() {
    return "expected a whole number " + text();
  }

  /** {@code from 1 to 1024}, or {@code of at least 1}. */
  String text() {
    return most == Integer.MAX_VALUE ? "of at least " + least : "from " + least + " to " + most;
  }

  /**
   * Refuses more combinations than {@link Limits#COMBINATIONS}, whatever their number.
   *
   * @param source the command
   * @param what is combined, in the plural
   */
  public static void requireFew(String source, String what, BigInteger number) {
    if (number.compareTo(BigInteger.valueOf(Limits.COMBINATIONS.value())) > 0) {
      throw new InputException(
          source, "number of " + what, number, "expected at most " + Limits.COMBINATIONS.value());
    }
  }

  /** The product of the sizes of lists, which no overflow makes small. */
  public static BigInteger product(List<? extends List<?>> lists) {
    return lists.stream()
        .map(list -> BigInteger.valueOf(list.size()))
        .reduce(BigInteger.ONE, BigInteger::multiply);
  }

  /** The name of a flag without its dashes. */
  static String field(String flag) {
    return flag.replaceFirst("^-+", "");
  }
}
