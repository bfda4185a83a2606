package dev.lockstep.model;

import dev.lockstep.model.Axis.One;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A layer of a network: the function it computes and the parameters it needs.
 *
 * <p>To add one, add a record here that declares its parameters, create it in {@link Network}, and
 * add a case with its forward and backward operations to {@code StepBuilder}, where the compiler
 * asks for it.
 */
public sealed interface Layer {

  /** The axis of the outputs: the units or classes it computes a number for. */
  Axis outputs();

  /** The parameters, in the order in which they are stored. */
  List<Parameter> parameters();

  /**
   * Returns the protocol fields and their values that describe this layer to a program that
   * computes the whole network, beyond sizes and activation.
   */
  default Map<String, String> features() {
    return Map.of();
  }

  /** Returns this layer with each axis replaced. */
  Layer over(UnaryOperator<Axis> axes);

  /** Returns how many numbers per row must be kept until the layer's parameters are updated. */
  long keptOfRow();

  /**
   * The product x W of a fully connected layer: x is B x in, W is in x out.
   *
   * @param number the layer's number, from 0
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
   * Computes a = f(x + b).
   *
   * @param number the layer's number, from 0
   * @param activation f; the identity in the output layer
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
   * Batch normalization of each unit over the rows of a batch: g (x - mean) / sqrt(variance +
   * {@value #EPSILON}) (Ioffe and Szegedy, "Batch normalization: accelerating deep network training
   * by reducing internal covariate shift", ICML 2015). The layer's bias is added afterwards.
   * Evaluation uses running statistics in place of the batch's.
   *
   * @param number the layer's number, from 0
   */
  record Normalize(int number, Axis outputs) implements Layer {

    /** Added to the variance before its root is taken. */
    public static final float EPSILON = 1e-5f;

    /** The weight of a batch in the running statistics: running += SHARE (batch - running). */
    public static final float SHARE = 0.1f;

    /** Returns B / (B - 1), the factor that makes the variance of B rows unbiased. */
    public static float unbiased(int rows) {
      return (float) (rows / (rows - 1.0));
    }

    /** The gain g, by which the normalized products are multiplied. */
    public Parameter gain() {
      return new Parameter(Role.GAIN, number, new One(), outputs);
    }

    /** The running mean of the products. */
    public Parameter mean() {
      return new Parameter(Role.RUNNING_MEAN, number, new One(), outputs);
    }

    /** The running variance of the products. */
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

  /** How a training step changes a parameter. */
  enum Change {
    /** The optimiser updates it from its gradient. */
    BY_GRADIENT,
    /** The layer updates it from its inputs. */
    BY_LAYER
  }

  /** The role of a parameter in its layer. */
  enum Role {
    /** A weight matrix: drawn by the initialisation and subject to weight decay. */
    WEIGHTS("W", "weights", 0, Change.BY_GRADIENT),
    /** A vector that is added to each row. */
    BIAS("b", "biases", 0, Change.BY_GRADIENT),
    /** A vector that each row is multiplied by, element by element. */
    GAIN("gain", "gains", 1, Change.BY_GRADIENT),
    /** The running mean of the layer's inputs. */
    RUNNING_MEAN("mean", "means", 0, Change.BY_LAYER),
    /** The running variance of the layer's inputs. */
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

    /** The plural name, for messages. */
    public String plural() {
      return plural;
    }

    /** The initial value of every element, unless the parameter is drawn. */
    public double start() {
      return start;
    }
  }

  /**
   * A matrix that persists from step to step, as a layer declares it.
   *
   * @param layer the number of its layer, from 0
   * @param rows the axis that the rows count
   * @param columns the axis that the columns count
   */
  record Parameter(Role role, int layer, Axis rows, Axis columns) {

    /** The name, unique in its network: {@code W1}, {@code b1}, ..., with layers from 1. */
    public String name() {
      return role.symbol + (layer + 1);
    }

    /** Returns whether the parameter has a gradient, an update and moments. */
    public boolean isLearned() {
      return role.change == Change.BY_GRADIENT;
    }

    /** Returns this parameter with each axis replaced. */
    public Parameter over(UnaryOperator<Axis> axes) {
      return new Parameter(role, layer, axes.apply(rows), axes.apply(columns));
    }

    /** The number of elements. */
    public long count() {
      return (long) rows.size() * columns.size();
    }
  }
}
