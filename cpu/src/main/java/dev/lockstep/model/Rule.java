package dev.lockstep.model;

import dev.lockstep.input.InputException;

/**
 * What makes of a gradient g and of what it kept of earlier ones a new parameter w. The arithmetic
 * is that of {@link Update}.
 *
 * <p>Text forms: {@code sgd}, {@code momentum:0.9}, {@code nesterov:0.9}, {@code adam} and {@code
 * adam:0.9:0.999:1e-8}.
 *
 * <p>To add one: a record here, its line in the arithmetic page, and a case in every backend's
 * switch, where the compiler asks for it.
 */
public sealed interface Rule {

  /** The text forms, as help and errors have them. */
  String FORMS = "sgd, momentum:X, nesterov:X, adam, adam:B1:B2:EPSILON";

  /** Gradient descent: w - rate g. */
  record Sgd() implements Rule {
    @Override
    public String toString() {
      return "sgd";
    }
  }

  /**
   * Heavy ball: v = factor v + g, w - rate v (Polyak, "Some methods of speeding up the convergence
   * of iteration methods", 1964), with the rate outside of v, as PyTorch has it.
   *
   * @param factor 0 to 1
   */
  record Momentum(float factor) implements Rule {
    @Override
    public String toString() {
      return "momentum:" + factor;
    }
  }

  /**
   * Nesterov's momentum: v = factor v + g, w - rate (factor v + g) (Sutskever, Martens, Dahl and
   * Hinton, "On the importance of initialization and momentum in deep learning", ICML 2013, in the
   * variables of PyTorch).
   *
   * @param factor 0 to 1
   */
  record Nesterov(float factor) implements Rule {
    @Override
    public String toString() {
      return "nesterov:" + factor;
    }
  }

  /**
   * Adam with bias correction (Kingma and Ba, "Adam: a method for stochastic optimization", ICLR
   * 2015).
   *
   * @param first beta 1, from 0 to below 1
   * @param second beta 2, from 0 to below 1
   * @param epsilon above 0
   */
  record Adam(float first, float second, float epsilon) implements Rule {
    private static final Adam USUAL = new Adam(0.9f, 0.999f, 1e-8f);

    @Override
    public String toString() {
      return equals(USUAL) ? "adam" : "adam:" + first + ":" + second + ":" + epsilon;
    }
  }

  /** Numbers it keeps of each parameter: v, or m and v. They start at +0. */
  default int moments() {
    return switch (this) {
      case Sgd _ -> 0;
      case Momentum _, Nesterov _ -> 1;
      case Adam _ -> 2;
    };
  }

  /**
   * Reads a text form.
   *
   * @param source the file or flag it came from
   * @throws InputException naming the source and the value
   */
  static Rule parse(String source, String text) {
    String[] parts = text.split(":", -1);
    try {
      float[] numbers = new float[parts.length - 1];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = Float.parseFloat(parts[i + 1].strip());
      }
      switch (parts[0]) {
        case "sgd" -> {
          if (numbers.length == 0) {
            return new Sgd();
          }
        }
        case "momentum" -> {
          if (numbers.length == 1 && areShares(numbers)) {
            return new Momentum(numbers[0]);
          }
        }
        case "nesterov" -> {
          if (numbers.length == 1 && areShares(numbers)) {
            return new Nesterov(numbers[0]);
          }
        }
        case "adam" -> {
          if (numbers.length == 0) {
            return Adam.USUAL;
          }
          if (numbers.length == 3
              && areShares(numbers[0], numbers[1])
              && numbers[2] > 0
              && Float.isFinite(numbers[2])) {
            return new Adam(numbers[0], numbers[1], numbers[2]);
          }
        }
        default -> {}
      }
    } catch (NumberFormatException e) {
      // the sentence below says it
    }
    throw new InputException(
        source,
        "optimizer",
        text,
        "expected one of " + FORMS + ", factors from 0 to below 1, epsilon above 0");
  }

  private static boolean areShares(float... numbers) {
    for (float number : numbers) {
      if (!(number >= 0 && number < 1)) {
        return false;
      }
    }
    return true;
  }
}
