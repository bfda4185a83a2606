package dev.lockstep.model;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An update rule: it computes a new parameter w from its gradient g and from moments of earlier
 * gradients. {@link Update} has the arithmetic.
 *
 * <p>Text forms: {@code sgd}, {@code momentum:0.9}, {@code nesterov:0.9}, {@code adam} and {@code
 * adam:0.9:0.999:1e-8}.
 *
 * <p>To add one, add a kind and a record here, its lines in {@link Update} and in the arithmetic
 * page, and a case in the switches of every backend and of the bounds, where the compiler asks for
 * it.
 */
public sealed interface Rule {

  /** The text forms, as shown in help and errors. */
  String FORMS = "sgd, momentum:X, nesterov:X, adam, adam:B1:B2:EPSILON";

  /** The rules by name, in the order of {@code RuleCode} in update.cuh. */
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
   * of iteration methods", 1964). As in PyTorch, the rate is not part of v.
   *
   * @param factor at least 0 and below 1
   */
  record Momentum(float factor) implements Rule {
    @Override
    public String toString() {
      return "momentum:" + factor;
    }
  }

  /**
   * Nesterov's momentum in PyTorch's variables: v = factor v + g, w - rate (factor v + g)
   * (Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep
   * learning", ICML 2013).
   *
   * @param factor at least 0 and below 1
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
   * @param first beta 1, at least 0 and below 1
   * @param second beta 2, at least 0 and below 1
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
   * The decay rate of a moment: the share of itself that it keeps in a step.
   *
   * @param name its field in the protocol of programs
   * @param value at least 0 and below 1
   */
  record Share(String name, float value) {}

  /** Returns the kind of the rule, regardless of its numbers. */
  default Kind kind() {
    return switch (this) {
      case Sgd _ -> Kind.SGD;
      case Momentum _ -> Kind.MOMENTUM;
      case Nesterov _ -> Kind.NESTEROV;
      case Adam _ -> Kind.ADAM;
    };
  }

  /** Returns the number of moments per parameter element: v, or m and v. They start at +0. */
  default int moments() {
    return kind().moments;
  }

  /** Returns the share of each moment, in order. */
  default List<Share> shares() {
    return switch (this) {
      case Sgd() -> List.of();
      case Momentum(float factor) -> List.of(new Share("factor", factor));
      case Nesterov(float factor) -> List.of(new Share("factor", factor));
      case Adam(float first, float second, float _) ->
          List.of(new Share("first", first), new Share("second", second));
    };
  }

  /** Returns the share of a moment (from 0), or 0 if the rule has fewer moments. */
  default float share(int moment) {
    return moment < shares().size() ? shares().get(moment).value() : 0;
  }

  /** Returns the epsilon that is added to the root of the second moment; 0 if the rule has none. */
  default float epsilon() {
    return 0;
  }

  /** Returns this rule with another epsilon, rounded to binary32; unchanged if it has none. */
  default Rule withEpsilon(double other) {
    return this;
  }

  /**
   * Returns whether multiplying all gradients and epsilon by one number leaves the steps unchanged.
   * This holds for rules that divide by the root of a moment.
   */
  default boolean isScaleFree() {
    return false;
  }

  /** Returns whether the moments are divided by 1 - share^t in step t, because they start at +0. */
  default boolean correctsBias() {
    return false;
  }

  /**
   * Parses a text form.
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
      // reported below
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
