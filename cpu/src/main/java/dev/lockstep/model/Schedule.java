package dev.lockstep.model;

import dev.lockstep.input.InputException;

/**
 * A learning rate schedule: the factor of all rates in each step.
 *
 * <p>Text forms: {@code constant}, {@code step:1000:0.5}, {@code cosine:2000}.
 */
public sealed interface Schedule {

  /** The text forms, as shown in help and errors. */
  String FORMS = "constant, step:STEPS:FACTOR, cosine:STEPS";

  /** A factor of 1 in every step. */
  record Constant() implements Schedule {
    @Override
    public String toString() {
      return "constant";
    }
  }

  /**
   * Step decay: factor^floor(step / steps).
   *
   * @param steps number of steps at each power, at least 1
   * @param factor decay factor, from 0 to 1
   */
  record Stairs(int steps, double factor) implements Schedule {
    @Override
    public String toString() {
      return "step:" + steps + ":" + factor;
    }
  }

  /**
   * Cosine decay from 1 at step 0 to 0 at step {@code steps}; 0 in all later steps (Loshchilov and
   * Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, without restarts).
   *
   * @param steps length of the decay, at least 1
   */
  record Cosine(int steps) implements Schedule {
    @Override
    public String toString() {
      return "cosine:" + steps;
    }
  }

  /**
   * Returns the factor of a step, computed in binary64 with StrictMath.
   *
   * @param step the step, from 0
   */
  default double factor(long step) {
    return switch (this) {
      case Constant() -> 1;
      case Stairs(int steps, double factor) -> StrictMath.pow(factor, step / steps);
      case Cosine(int steps) ->
          step >= steps ? 0 : (1 + StrictMath.cos(StrictMath.PI * step / steps)) / 2;
    };
  }

  /**
   * Parses a text form.
   *
   * @param source the file or flag it came from
   * @throws InputException naming the source and the value
   */
  static Schedule parse(String source, String text) {
    String[] parts = text.split(":", -1);
    try {
      if (text.equals("constant")) {
        return new Constant();
      }
      if (parts.length == 3 && parts[0].equals("step")) {
        int steps = Integer.parseInt(parts[1]);
        double factor = Double.parseDouble(parts[2]);
        if (steps >= 1 && factor >= 0 && factor <= 1) {
          return new Stairs(steps, factor);
        }
      }
      if (parts.length == 2 && parts[0].equals("cosine")) {
        int steps = Integer.parseInt(parts[1]);
        if (steps >= 1) {
          return new Cosine(steps);
        }
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new InputException(
        source,
        "schedule",
        text,
        "expected one of " + FORMS + ", at least 1 step, a factor from 0 to 1");
  }
}
