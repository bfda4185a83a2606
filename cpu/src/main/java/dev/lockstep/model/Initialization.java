package dev.lockstep.model;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An initialisation of a network's weights, drawn by {@link Initializer}. Biases start at +0 unless
 * they come from a file.
 *
 * <p>Text forms: {@code zero}, {@code constant:0.01}, {@code equal}, {@code copies}, {@code
 * copies:normal:0.05}, {@code groups:100+29}, {@code perturbed:0.001}; {@code uniform:0.1}, {@code
 * normal:0.1}, {@code glorot-uniform}, {@code glorot-normal}, {@code he-uniform}, {@code
 * he-normal}, {@code lecun-uniform}, {@code lecun-normal}, {@code orthogonal}; {@code identity},
 * {@code hadamard}; {@code npz:FILE}.
 *
 * <p>To add one, add a record here, its text form in {@link #parse} and its case in {@link
 * Initializer}, where the compiler asks for it.
 */
public sealed interface Initialization {

  /** The text forms, as shown in help and errors. */
  String FORMS =
      "zero, constant:X, equal, copies, copies:RANDOM, groups:N+N, perturbed:X, uniform:X,"
          + " normal:X, glorot-uniform, glorot-normal, he-uniform, he-normal, lecun-uniform,"
          + " lecun-normal, orthogonal, identity, hadamard, npz:FILE";

  /** Sets every weight to +0. */
  record Zero() implements Initialization {
    @Override
    public String toString() {
      return "zero";
    }
  }

  /** Sets every weight to the same value. */
  record Constant(double value) implements Initialization {
    @Override
    public String toString() {
      return "constant:" + value;
    }
  }

  /**
   * Draws one unit per hidden layer and repeats it: all units of a layer have equal incoming and
   * equal outgoing weights. The network with one unit per layer is drawn Glorot-uniform. Each
   * weight from hidden layer h is divided by that layer's width, so that the wide network computes
   * the same function as the narrow one, up to rounding.
   */
  record EqualUnits() implements Initialization {
    @Override
    public String toString() {
      return "equal";
    }
  }

  /**
   * Draws the network randomly and replaces every hidden unit by a copy of the first of its layer.
   * Each weight from a hidden layer of N units is divided by the square root of N, so that the sum
   * over N copies is about as large as the sum over N random units was. The incoming weights of the
   * first layer's units are those of the random network's first unit, bit for bit.
   *
   * @param random draws the network; see {@link #isRandom}
   */
  record Copies(Initialization random) implements Initialization {

    private static final Initialization USUAL = new Glorot(Distribution.UNIFORM);

    public Copies {
      if (!random.isRandom()) {
        throw new IllegalArgumentException(random + " is not random");
      }
    }

    @Override
    public String toString() {
      return random.equals(USUAL) ? "copies" : "copies:" + random;
    }
  }

  /**
   * Draws one unit per group in every hidden layer and repeats it within the group. The network
   * with one unit per group is drawn Glorot-uniform. Each weight from a hidden unit is divided by
   * the size of its group, so that the wide network computes the same function as the narrow one,
   * up to rounding.
   *
   * @param sizes group sizes, each at least 1; the same for every hidden layer
   */
  record Groups(List<Integer> sizes) implements Initialization {
    public Groups {
      sizes = List.copyOf(sizes);
    }

    @Override
    public String toString() {
      return "groups:" + sizes.stream().map(String::valueOf).collect(Collectors.joining("+"));
    }
  }

  /** {@link EqualUnits}, plus epsilon times a standard normal draw on every weight. */
  record Perturbed(double epsilon) implements Initialization {
    @Override
    public String toString() {
      return "perturbed:" + epsilon;
    }
  }

  /** Uniform on [-limit, limit). */
  record Uniform(double limit) implements Initialization {
    @Override
    public String toString() {
      return "uniform:" + limit;
    }
  }

  /** Normal with mean 0. */
  record Normal(double deviation) implements Initialization {
    @Override
    public String toString() {
      return "normal:" + deviation;
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

  /**
   * Variance 1 / fan-in, mean 0 (LeCun, Bottou, Orr and Müller, "Efficient BackProp", Neural
   * Networks: Tricks of the Trade, 1998, section 4.6).
   */
  record LeCun(Distribution distribution) implements Initialization {
    @Override
    public String toString() {
      return "lecun-" + distribution.label();
    }
  }

  /**
   * Orthonormal columns, or orthonormal rows if there are fewer rows than columns, uniformly
   * distributed among all such matrices (Saxe, McClelland and Ganguli, "Exact solutions to the
   * nonlinear dynamics of learning in deep linear neural networks", ICLR 2014; Mezzadri, "How to
   * generate random matrices from the classical compact groups", Notices of the AMS 54, 2007).
   * Drawing takes max(in, out) min(in, out)^2 operations and holds the whole matrix in memory.
   */
  record Orthogonal() implements Initialization {
    @Override
    public String toString() {
      return "orthogonal";
    }
  }

  /**
   * Deterministic weights: Sylvester's matrix with permuted rows or columns. The weight from input
   * i to unit j is 1 / sqrt(fan-in), negative if a(i) and j have an odd number of one bits in
   * common. In a layer with more inputs than units, i and a(j) are compared instead. The sequence a
   * lists the powers of two first, then all other numbers from 0. All units therefore differ if
   * min(inputs, units) &gt;= ceil(log2(max(inputs, units))).
   */
  record Hadamard() implements Initialization {
    @Override
    public String toString() {
      return "hadamard";
    }
  }

  /** A layer with as many units as inputs starts as the identity, any other as {@link Hadamard}. */
  record Identity() implements Initialization {
    @Override
    public String toString() {
      return "identity";
    }
  }

  /**
   * Reads weights and biases from a file; see {@link ParametersFile}.
   *
   * @param file a NumPy .npz file
   */
  record FromFile(Path file) implements Initialization {
    @Override
    public String toString() {
      return "npz:" + file;
    }
  }

  /** The distribution of the draws. */
  enum Distribution implements Labelled {
    /** Uniform on [-sqrt(3 v), sqrt(3 v)) for variance v. */
    UNIFORM,
    /** Normal with mean 0 and variance v. */
    NORMAL;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the usual random initialisation for an activation. */
  static Initialization usual(Activation activation) {
    return activation.usualInitialization();
  }

  /** Returns whether all units of a hidden layer start equal, so that lockstep is expected. */
  default boolean unitsStartEqual() {
    return switch (this) {
      case Zero _, Constant _, EqualUnits _, Copies _ -> true;
      case Groups(List<Integer> sizes) -> sizes.size() == 1;
      case Perturbed _,
          Uniform _,
          Normal _,
          Glorot _,
          He _,
          LeCun _,
          Orthogonal _,
          Hadamard _,
          Identity _,
          FromFile _ ->
          false;
    };
  }

  /** Returns whether every unit is drawn on its own, so that no two are alike. */
  default boolean isRandom() {
    return switch (this) {
      case Uniform _, Normal _, Glorot _, He _, LeCun _, Orthogonal _ -> true;
      case Zero _,
          Constant _,
          EqualUnits _,
          Copies _,
          Groups _,
          Perturbed _,
          Hadamard _,
          Identity _,
          FromFile _ ->
          false;
    };
  }

  /**
   * Parses a text form.
   *
   * @param source the file or flag it came from
   * @throws InputException naming the source and the value
   */
  static Initialization parse(String source, String text) {
    return parse(source, text, text);
  }

  /**
   * Parses a form that may be a part of the text that was given.
   *
   * @param text the whole, for messages
   */
  private static Initialization parse(String source, String text, String form) {
    int colon = form.indexOf(':');
    String kind = colon < 0 ? form : form.substring(0, colon);
    String argument = colon < 0 ? null : form.substring(colon + 1);
    return switch (kind) {
      case "constant" -> withNumber(source, text, argument, Constant::new);
      case "perturbed" -> withSize(source, text, argument, Perturbed::new);
      case "uniform" -> withSize(source, text, argument, Uniform::new);
      case "normal" -> withSize(source, text, argument, Normal::new);
      case "copies" -> new Copies(random(source, text, argument));
      case "groups" -> new Groups(sizes(source, text, argument));
      case "npz" -> new FromFile(file(source, text, argument));
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
          case "lecun-uniform" -> new LeCun(Distribution.UNIFORM);
          case "lecun-normal" -> new LeCun(Distribution.NORMAL);
          case "orthogonal" -> new Orthogonal();
          case "hadamard" -> new Hadamard();
          case "identity" -> new Identity();
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
      // reported below
    }
    throw unknown(source, text);
  }

  /** A number that scales the draws. */
  private static Initialization withSize(
      String source, String text, @Nullable String argument, DoubleFunction<Initialization> make) {
    return withNumber(
        source,
        text,
        argument,
        value -> {
          if (value < 0) {
            throw new InputException(
                source, "initialization", text, "expected a number of 0 or more");
          }
          return make.apply(value + 0.0);
        });
  }

  /** What {@code copies} copies a unit of. */
  private static Initialization random(String source, String text, @Nullable String argument) {
    if (argument == null) {
      return Copies.USUAL;
    }
    // Asked first, because parsing would descend once for every "copies:".
    if (!argument.startsWith("copies")) {
      Initialization random = parse(source, text, argument);
      if (random.isRandom()) {
        return random;
      }
    }
    throw new InputException(
        source,
        "initialization",
        text,
        "expected copies of a random initialisation, such as copies:normal:0.05");
  }

  private static Path file(String source, String text, @Nullable String argument) {
    if (argument == null || argument.isEmpty()) {
      throw unknown(source, text);
    }
    try {
      return Path.of(argument);
    } catch (InvalidPathException e) {
      throw unknown(source, text);
    }
  }

  private static List<Integer> sizes(String source, String text, @Nullable String argument) {
    if (argument == null) {
      throw unknown(source, text);
    }
    List<Integer> sizes = new ArrayList<>();
    for (String size : argument.split("\\+", -1)) {
      if (!size.matches("[1-9]\\d{0,8}")) {
        throw unknown(source, text);
      }
      sizes.add(Integer.parseInt(size));
    }
    return sizes;
  }

  private static InputException unknown(String source, String text) {
    return new InputException(source, "initialization", text, "expected one of " + FORMS);
  }
}
