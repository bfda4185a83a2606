package dev.lockstep.model;

import java.util.Locale;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the parameters of a network are drawn; biases start at +0 in all of them. {@link Initializer}
 * does the drawing.
 *
 * <p>Text forms: {@code zero}, {@code constant:0.01}, {@code equal}, {@code perturbed:0.001},
 * {@code glorot-uniform}, {@code glorot-normal}, {@code he-uniform}, {@code he-normal}.
 *
 * <p>To add one: a record here, its text form in {@link #parse}, its drawing in {@link
 * Initializer}, where the compiler asks for it.
 */
public sealed interface Initialization {

  /** Every weight +0. */
  record Zero() implements Initialization {
    @Override
    public String toString() {
      return "zero";
    }
  }

  /** Every weight the same value. */
  record Constant(double value) implements Initialization {
    @Override
    public String toString() {
      return "constant:" + value;
    }
  }

  /**
   * One drawn unit a hidden layer, repeated: equal incoming and equal outgoing weights. The network
   * of one unit a layer is drawn Glorot-uniform and each weight from hidden layer h divided by that
   * layer's width, so that the wide network computes, up to rounding, what the narrow one does.
   */
  record EqualUnits() implements Initialization {
    @Override
    public String toString() {
      return "equal";
    }
  }

  /** Equal units, plus epsilon times a standard normal draw on every weight. */
  record Perturbed(double epsilon) implements Initialization {
    @Override
    public String toString() {
      return "perturbed:" + epsilon;
    }
  }

  /**
   * Variance 2 / (fan-in + fan-out), mean 0 (Glorot and Bengio, "Understanding the difficulty of
   * training deep feedforward neural networks", AISTATS 2010).
   */
  record Glorot(Distribution distribution) implements Initialization {
    @Override
    public String toString() {
      return "glorot-" + distribution.label();
    }
  }

  /**
   * Variance 2 / fan-in, mean 0 (He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV
   * 2015).
   */
  record He(Distribution distribution) implements Initialization {
    @Override
    public String toString() {
      return "he-" + distribution.label();
    }
  }

  /** The shape of the draws. */
  enum Distribution implements Labelled {
    /** Uniform on [-sqrt(3 v), sqrt(3 v)) for variance v. */
    UNIFORM,
    /** Normal. */
    NORMAL;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it makes the units of a hidden layer equal, so that lockstep is to be expected. */
  default boolean unitsStartEqual() {
    return switch (this) {
      case Zero _, Constant _, EqualUnits _ -> true;
      case Perturbed _, Glorot _, He _ -> false;
    };
  }

  /**
   * Reads a text form.
   *
   * @param source the file or flag it came from
   * @throws InputException naming the source and the value
   */
  static Initialization parse(String source, String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String argument = colon < 0 ? null : text.substring(colon + 1);
    return switch (kind) {
      case "constant" -> withNumber(source, text, argument, Constant::new);
      case "perturbed" -> withNumber(source, text, argument, Perturbed::new);
      default -> {
        if (argument != null) {
          throw unknown(source, text);
        }
        yield switch (kind) {
          case "zero" -> new Zero();
          case "equal" -> new EqualUnits();
          case "glorot-uniform" -> new Glorot(Distribution.UNIFORM);
          case "glorot-normal" -> new Glorot(Distribution.NORMAL);
          case "he-uniform" -> new He(Distribution.UNIFORM);
          case "he-normal" -> new He(Distribution.NORMAL);
          default -> throw unknown(source, text);
        };
      }
    };
  }

  private static Initialization withNumber(
      String source, String text, @Nullable String argument, DoubleFunction<Initialization> make) {
    if (argument == null) {
      throw unknown(source, text);
    }
    try {
      double value = Double.parseDouble(argument.strip());
      if (Float.isFinite((float) value)) {
        return make.apply(value);
      }
    } catch (NumberFormatException e) {
      // the sentence below says it
    }
    throw unknown(source, text);
  }

  private static InputException unknown(String source, String text) {
    return new InputException(
        source,
        "initialization",
        text,
        "expected zero, constant:NUMBER, equal, perturbed:NUMBER, glorot-uniform, glorot-normal,"
            + " he-uniform or he-normal");
  }
}
