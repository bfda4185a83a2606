package dev.lockstep.model;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Computes a new parameter w from its gradient g and from what it kept of earlier gradients. {@link
 * Update} has the arithmetic.
 *
 * <p>Text forms: {@code sgd}, {@code momentum:0.9}, {@code nesterov:0.9}, {@code adam} and {@code
 * adam:0.9:0.999:1e-8}.
 *
 * <p>To add one: a kind and a record here, its lines in {@link Update} and in the arithmetic page,
 * and a case in every backend's switch and in that of the bounds, where the compiler asks for it.
 */
public sealed interface Rule {

  /** The text forms, as help and errors have them. */
  String FORMS = "sgd, momentum:X, nesterov:X, adam, adam:B1:B2:EPSILON";

  /** The rules by name. Their order is that of {@code RuleCode} in update.cuh. */
  enum Kind implements Labelled {
    SGD(0),
    MOMENTUM(1),
    NESTEROV(1),
    ADAM(2);

    private final int moments;

    Kind(int moments) {
      this.moments = moments;
    }

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

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
   * @param factor from 0 to below 1
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
   * @param factor from 0 to below 1
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
    public Adam withEpsilon(double other) {
      return new Adam(first, second, (float) other);
    }

    @Override
    public boolean isScaleFree() {
      return true;
    }

    @Override
    public boolean correctsBias() {
      return true;
    }

    @Override
    public String toString() {
      return equals(USUAL) ? "adam" : "adam:" + first + ":" + second + ":" + epsilon;
    }
  }

  /**
   * What a moment keeps of itself in a step.
   *
   * @param name in the protocol of programs
   * @param value from 0 to below 1
   */
  record Share(String name, float value) {}

  /** Which rule it is, whatever its numbers. */
  default Kind kind() {
    return switch (this) {
      case Sgd _ -> Kind.SGD;
      case Momentum _ -> Kind.MOMENTUM;
      case Nesterov _ -> Kind.NESTEROV;
      case Adam _ -> Kind.ADAM;
    };
  }

  /** Numbers it keeps of each parameter: v, or m and v. They start at +0. */
  default int moments() {
    return kind().moments;
  }

  /** What its moments keep of themselves. */
  default List<Share> shares() {
    return switch (this) {
      case Sgd() -> List.of();
      case Momentum(float factor) -> List.of(new Share("factor", factor));
      case Nesterov(float factor) -> List.of(new Share("factor", factor));
      case Adam(float first, float second, float _) ->
          List.of(new Share("first", first), new Share("second", second));
    };
  }

  /** The share of a moment, or 0 if it has fewer. */
  default float share(int moment) {
    return moment < shares().size() ? shares().get(moment).value() : 0;
  }

  /** Added to the root that a moment is divided by; 0 if none is. */
  default float epsilon() {
    return 0;
  }

  /** This rule with another epsilon, rounded to binary32, if it has one. */
  default Rule withEpsilon(double other) {
    return this;
  }

  /**
   * Whether its steps stay as they are if all gradients, and epsilon, are multiplied by one number:
   * whether it divides by the root of a moment.
   */
  default boolean isScaleFree() {
    return false;
  }

  /** Whether its moments are divided by 1 - share^t in step t, because they start at +0. */
  default boolean correctsBias() {
    return false;
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
      @Nullable Rule rule =
          switch (parts[0] + ":" + numbers.length) {
            case "sgd:0" -> new Sgd();
            case "momentum:1" -> new Momentum(numbers[0]);
            case "nesterov:1" -> new Nesterov(numbers[0]);
            case "adam:0" -> Adam.USUAL;
            case "adam:3" -> new Adam(numbers[0], numbers[1], numbers[2]);
            default -> null;
          };
      if (rule != null && rule.isInRange()) {
        return rule;
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

  private boolean isInRange() {
    return shares().stream().allMatch(share -> share.value() >= 0 && share.value() < 1)
        && (!isScaleFree() || (epsilon() > 0 && Float.isFinite(epsilon())));
  }
}
