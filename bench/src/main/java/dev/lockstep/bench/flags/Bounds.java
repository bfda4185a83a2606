package dev.lockstep.bench.flags;

import dev.lockstep.input.InputException;
import java.math.BigInteger;
import java.util.List;

/**
 * The bounds of a whole number that a flag takes, both included. Flags are bounded when they are
 * read, before anything is multiplied, allocated, measured or written.
 *
 * @param what is counted, in the plural
 * @param reason why there may not be more; empty if only the type limits it
 */
public record Bounds(String what, int least, int most, String reason) {

  /** Units of a hidden layer. */
  public static final Bounds UNITS =
      new Bounds(
          "units of a hidden layer",
          1,
          1 << 24,
          "beyond it, binary32 cannot count units, by which rates and initial weights are divided");

  /** Hidden layers. */
  public static final Bounds LAYERS =
      new Bounds(
          "hidden layers",
          1,
          1000,
          "deeper networks without shortcuts do not learn, and each layer is a line of a report");

  /** Rows of a step; the data has fewer. */
  public static final Bounds ROWS = new Bounds("rows of a step", 1, Integer.MAX_VALUE, "");

  /** Steps of a training. */
  public static final Bounds STEPS = new Bounds("steps", 1, Integer.MAX_VALUE, "");

  /** Worker threads of a backend on the CPU. */
  public static final Bounds THREADS =
      new Bounds("threads", 1, 1024, "more than any machine has that is meant");

  /** Numbers of CUDA devices. */
  public static final Bounds DEVICES =
      new Bounds("numbers of a device", 0, 1023, "more than any machine has that is meant");

  /** Values of one flag. */
  public static final Bounds VALUES =
      new Bounds("values of one flag", 1, 1000, "a list that nobody reads");

  /** Combinations of the values of several flags. */
  public static final Bounds COMBINATIONS =
      new Bounds("combinations of values", 1, 10_000, "more take weeks");

  /** All bounds, in the order of the documentation. */
  public static final List<Bounds> ALL =
      List.of(UNITS, LAYERS, ROWS, STEPS, THREADS, DEVICES, VALUES, COMBINATIONS);

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
    return new Bounds(what, other, most, reason);
  }

  /** These bounds with another largest value. */
  public Bounds upTo(int other, String why) {
    return new Bounds(what, least, other, why);
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
   * Refuses more combinations than {@link #COMBINATIONS}, whatever their number.
   *
   * @param source the command
   * @param what is combined, in the plural
   */
  public static void requireFew(String source, String what, BigInteger number) {
    if (number.compareTo(BigInteger.valueOf(COMBINATIONS.most)) > 0) {
      throw new InputException(
          source, "number of " + what, number, "expected at most " + COMBINATIONS.most);
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
