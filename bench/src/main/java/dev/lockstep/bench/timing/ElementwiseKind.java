package dev.lockstep.bench.timing;

import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.input.Labelled;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.util.Locale;

/**
 * The elementwise operations that are timed, each on B x N elements.
 *
 * <p>Most work in place and are called thousands of times on the same array. So they are timed on
 * operands of which the calls before a call leave values that take the same time:
 *
 * <ul>
 *   <li>identity, relu and leaky-relu add biases of some 2^-20, those of the latter two negative:
 *       what was positive stays so for a million calls, and what was not stays zero or goes to
 *       about -2^-27, so that the selects find the same mix
 *   <li>tanh adds biases of 1/4 to 1 in magnitude, which take every element to a fixed point of z =
 *       tanh(z + b) between 0.7 and 1 in magnitude
 *   <li>sigmoid adds biases of up to 2 in magnitude, with which z = sigmoid(z + b) has a fixed
 *       point between 0.1 and 1
 *   <li>gelu adds +0, which leaves z as it is
 *   <li>relu-derivative repeats its result; so does leaky-relu-derivative, of positive activations
 *   <li>tanh-derivative multiplies by 1 - a^2, which is at least 1 - 2^-22 for activations below
 *       2^-11: it takes 3 * 10^8 calls to a subnormal number
 *   <li>sigmoid-derivative multiplies by a (1 - a), which is -1 up to rounding for the golden ratio
 *   <li>gelu-derivative multiplies by 1, its slope from 5.2 up
 *   <li>sgd moves weights by at most 0.01 a call, and never to where numbers end
 * </ul>
 *
 * <p>They are verified on other operands, which fill the range that training has.
 */
public enum ElementwiseKind implements Labelled {
  /** z + b. */
  IDENTITY(1, 2),
  /** z + b, or +0 where that is not above zero. */
  RELU(1, 2),
  /** z + b, or a hundredth of it where that is not above zero. */
  LEAKY_RELU(2, 2),
  /** tanh(z + b). */
  TANH(1 + 50, 2),
  /** 1 / (1 + e^-(z + b)). */
  SIGMOID(1 + 33, 2),
  /** GELU of z + b in its tanh form; z + b is kept too. */
  GELU(1 + 57, 3),
  /** dA, or +0 where the activation is not above zero. */
  RELU_DERIVATIVE(0, 3),
  /** dA, or a hundredth of it where the activation is not above zero. */
  LEAKY_RELU_DERIVATIVE(1, 3),
  /** dA (1 - a^2). */
  TANH_DERIVATIVE(3, 3),
  /** dA a (1 - a). */
  SIGMOID_DERIVATIVE(3, 3),
  /** dA times the slope of GELU at z. */
  GELU_DERIVATIVE(65, 3),
  /** Sums of columns. */
  COLUMN_SUMS(1, 1),
  /** Row losses and delta of logits. */
  CROSS_ENTROPY(26, 2),
  /** w - rate g. */
  SGD(2, 3);

  private static final long SEED = 20261124;
  private static final float RATE = 0.01f;
  private static final int FLOPS_OF_A_ROW_LOSS = 27;
  private static final double GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

  private final int flopsOfAnElement;
  private final int passes;

  ElementwiseKind(int flopsOfAnElement, int passes) {
    this.flopsOfAnElement = flopsOfAnElement;
    this.passes = passes;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Additions, multiplications and divisions of a call, a fused multiply-add counted as two;
   * comparisons, selects and integer operations are not counted. A tanh is 50 (both its branches
   * are computed), an exp 21, a sigmoid 33, a GELU 57, its slope 64, a row loss with its log 27.
   */
  public double flops(int rows, int columns) {
    double ofRows = this == CROSS_ENTROPY ? (double) FLOPS_OF_A_ROW_LOSS * rows : 0;
    return (double) flopsOfAnElement * rows * columns + ofRows;
  }

  /**
   * Bytes that a call reads and writes at least: every operand and every result once, what is
   * overwritten in place twice. A GELU writes what it keeps of its input too.
   */
  public double bytes(int rows, int columns) {
    double others =
        switch (this) {
          case IDENTITY, RELU, LEAKY_RELU, TANH, SIGMOID, GELU, COLUMN_SUMS -> columns;
          case CROSS_ENTROPY -> 2.0 * rows;
          case RELU_DERIVATIVE,
              LEAKY_RELU_DERIVATIVE,
              TANH_DERIVATIVE,
              SIGMOID_DERIVATIVE,
              GELU_DERIVATIVE,
              SGD ->
              0;
        };
    return Float.BYTES * ((double) passes * rows * columns + others);
  }

  /** Operands that many calls leave harmless. */
  ElementwiseOperation steady(int rows, int columns) {
    Draws draws = new Draws(rows, columns);
    return switch (this) {
      case IDENTITY -> draws.activation(Activation.IDENTITY, u -> Math.scalb(u, -20));
      case RELU -> draws.activation(Activation.RELU, u -> -Math.scalb(1 + Math.abs(u), -20));
      case LEAKY_RELU ->
          draws.activation(Activation.LEAKY_RELU, u -> -Math.scalb(1 + Math.abs(u), -20));
      case TANH -> draws.activation(Activation.TANH, u -> Math.copySign(0.25 + 0.75 * u * u, u));
      case SIGMOID -> draws.activation(Activation.SIGMOID, u -> 2 * u);
      case RELU_DERIVATIVE -> draws.derivative(Activation.RELU, u -> u);
      case LEAKY_RELU_DERIVATIVE -> draws.derivative(Activation.LEAKY_RELU, u -> 1 + Math.abs(u));
      case TANH_DERIVATIVE ->
          draws.derivative(Activation.TANH, u -> Math.scalb(1 + Math.abs(u), -12));
      case SIGMOID_DERIVATIVE -> draws.derivative(Activation.SIGMOID, _ -> GOLDEN_RATIO);
      case GELU -> draws.activation(Activation.GELU, _ -> 0);
      case GELU_DERIVATIVE -> draws.derivative(Activation.GELU, u -> 6 + Math.abs(u));
      case COLUMN_SUMS, CROSS_ENTROPY, SGD -> varied(rows, columns);
    };
  }

  /** Operands as various as those of training. */
  ElementwiseOperation varied(int rows, int columns) {
    Draws draws = new Draws(rows, columns);
    return switch (this) {
      case IDENTITY -> draws.activation(Activation.IDENTITY, u -> u);
      case RELU -> draws.activation(Activation.RELU, u -> u);
      case LEAKY_RELU -> draws.activation(Activation.LEAKY_RELU, u -> u);
      case TANH -> draws.activation(Activation.TANH, u -> 4 * u);
      case SIGMOID -> draws.activation(Activation.SIGMOID, u -> 8 * u);
      case RELU_DERIVATIVE -> draws.derivative(Activation.RELU, u -> Math.max(0, u));
      case LEAKY_RELU_DERIVATIVE -> draws.derivative(Activation.LEAKY_RELU, u -> u);
      case TANH_DERIVATIVE -> draws.derivative(Activation.TANH, u -> u);
      case SIGMOID_DERIVATIVE -> draws.derivative(Activation.SIGMOID, u -> (1 + u) / 2);
      case GELU -> draws.activation(Activation.GELU, u -> 4 * u);
      case GELU_DERIVATIVE -> draws.derivative(Activation.GELU, u -> 4 * u);
      case COLUMN_SUMS -> new ElementwiseOperation.ColumnSums(draws.first(u -> u));
      case CROSS_ENTROPY ->
          new ElementwiseOperation.CrossEntropy(draws.first(u -> 8 * u), draws.labels());
      case SGD -> new ElementwiseOperation.Sgd(draws.first(u -> u), draws.second(u -> u), RATE);
    };
  }

  /** What is made of a number that was drawn uniformly from [-1, 1). */
  @FunctionalInterface
  private interface Map {
    double of(double uniform);
  }

  private record Draws(int rows, int columns) {
    FloatMatrix first(Map map) {
      return drawn(0, rows, map);
    }

    FloatMatrix second(Map map) {
      return drawn(1, rows, map);
    }

    ElementwiseOperation activation(Activation function, Map biases) {
      return new ElementwiseOperation.BiasActivation(function, first(u -> u), drawn(1, 1, biases));
    }

    ElementwiseOperation derivative(Activation function, Map activations) {
      return new ElementwiseOperation.Derivative(function, first(u -> u), second(activations));
    }

    int[] labels() {
      int[] labels = new int[rows];
      for (int i = 0; i < rows; i++) {
        labels[i] = (int) (Philox.uniform(SEED, Stream.OPERANDS, 2, i) * columns);
      }
      return labels;
    }

    private FloatMatrix drawn(int operand, int height, Map map) {
      return new DrawnMatrix(
              height,
              columns,
              (i, j) ->
                  map.of(
                      2 * Philox.uniform(SEED, Stream.OPERANDS, operand, (long) i * columns + j)
                          - 1))
          .copy();
    }
  }
}
