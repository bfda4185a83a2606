package dev.lockstep.model;

import dev.lockstep.model.Axis.One;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A part of a network: what it makes of the numbers that the part below hands over, and the
 * parameters that it needs for that.
 *
 * <p>To add one: a record here with the parameters it declares, its place in {@link Network}, and a
 * case forward and backward in {@code StepBuilder}, where the compiler asks for it.
 */
public sealed interface Layer {

  /** Whose numbers come out of it. */
  Axis outputs();

  /** Its parameters, in the order in which they are stored. */
  List<Parameter> parameters();

  /**
   * What those who compute a whole network by themselves need to know of it besides sizes and
   * activation: a value for each field that a program is told.
   */
  default Map<String, String> features() {
    return Map.of();
  }

  /** The same on other axes. */
  Layer over(UnaryOperator<Axis> axes);

  /** How many numbers of each row it keeps until its parameters have been updated. */
  long keptOfRow();

  /**
   * The products of a fully connected layer, x W.
   *
   * @param number of the layer, from 0
   */
  record Linear(int number, Axis inputs, Axis outputs) implements Layer {
    @Override
    public List<Parameter> parameters() {
      return List.of(new Parameter(Role.WEIGHTS, number, inputs, outputs));
    }

    @Override
    public Layer over(UnaryOperator<Axis> axes) {
      return new Linear(number, axes.apply(inputs), axes.apply(outputs));
    }

    @Override
    public long keptOfRow() {
      return 0;
    }
  }

  /**
   * f(z) of z = x + b.
   *
   * @param number of the layer, from 0
   * @param activation f; the identity at the outputs
   */
  record Activate(int number, Axis outputs, Activation activation) implements Layer {
    @Override
    public List<Parameter> parameters() {
      return List.of(new Parameter(Role.BIAS, number, new One(), outputs));
    }

    @Override
    public Layer over(UnaryOperator<Axis> axes) {
      return new Activate(number, axes.apply(outputs), activation);
    }

    @Override
    public long keptOfRow() {
      return (activation.keepsInput() ? 2L : 1) * outputs.size();
    }
  }

  /**
   * Batch normalization (Ioffe and Szegedy, "Batch normalization: accelerating deep network
   * training by reducing internal covariate shift", ICML 2015) of each unit over the rows of a
   * batch: g (x - mean) / sqrt(variance + {@value #EPSILON}). The bias of the layer is added
   * afterwards. Outside of training, running statistics stand for those of the batch.
   *
   * @param number of the layer, from 0
   */
  record Normalize(int number, Axis outputs) implements Layer {

    /** Added to a variance. */
    public static final float EPSILON = 1e-5f;

    /** What a step adds to running statistics of their distance to those of its batch. */
    public static final float SHARE = 0.1f;

    /** B / (B - 1): what makes a variance over B rows that of what they were drawn from. */
    public static float unbiased(int rows) {
      return (float) (rows / (rows - 1.0));
    }

    /** Multiplied with the normalized products. */
    public Parameter gain() {
      return new Parameter(Role.GAIN, number, new One(), outputs);
    }

    /** Of the products, over the steps so far. */
    public Parameter mean() {
      return new Parameter(Role.RUNNING_MEAN, number, new One(), outputs);
    }

    /** Of the products, over the steps so far. */
    public Parameter variance() {
      return new Parameter(Role.RUNNING_VARIANCE, number, new One(), outputs);
    }

    @Override
    public List<Parameter> parameters() {
      return List.of(gain(), mean(), variance());
    }

    @Override
    public Map<String, String> features() {
      return Map.of("normalization", "batch");
    }

    @Override
    public Layer over(UnaryOperator<Axis> axes) {
      return new Normalize(number, axes.apply(outputs));
    }

    @Override
    public long keptOfRow() {
      return outputs.size();
    }
  }

  /** How training changes a parameter. */
  enum Change {
    /** The optimiser updates it by its gradient. */
    BY_GRADIENT,
    /** The layer itself keeps count of what it sees. */
    BY_LAYER
  }

  /** What a parameter is for. */
  enum Role {
    /** A matrix that is drawn, and decays. */
    WEIGHTS("W", "weights", 0, Change.BY_GRADIENT),
    /** A vector that is added. */
    BIAS("b", "biases", 0, Change.BY_GRADIENT),
    /** A vector that is multiplied, element by element. */
    GAIN("gain", "gains", 1, Change.BY_GRADIENT),
    /** The mean of what came in. */
    RUNNING_MEAN("mean", "means", 0, Change.BY_LAYER),
    /** The variance of what came in. */
    RUNNING_VARIANCE("variance", "variances", 1, Change.BY_LAYER);

    private final String symbol;
    private final String plural;
    private final double start;
    private final Change change;

    Role(String symbol, String plural, double start, Change change) {
      this.symbol = symbol;
      this.plural = plural;
      this.start = start;
      this.change = change;
    }

    /** What all of them together are called. */
    public String plural() {
      return plural;
    }

    /** What every element is before the first step, unless it is drawn. */
    public double start() {
      return start;
    }
  }

  /**
   * A matrix that a network has from step to step.
   *
   * @param layer that it belongs to, from 0
   * @param rows what its rows count
   * @param columns what its columns count
   */
  record Parameter(Role role, int layer, Axis rows, Axis columns) {

    /** {@code W1}, {@code b1}, ..., layers from 1: unique in its network. */
    public String name() {
      return role.symbol + (layer + 1);
    }

    /** Whether it has a gradient, an update and moments. */
    public boolean isLearned() {
      return role.change == Change.BY_GRADIENT;
    }

    /** The same on other axes. */
    public Parameter over(UnaryOperator<Axis> axes) {
      return new Parameter(role, layer, axes.apply(rows), axes.apply(columns));
    }

    /** Number of elements. */
    public long count() {
      return (long) rows.size() * columns.size();
    }
  }
}
