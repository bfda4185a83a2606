package dev.lockstep.bench.timing;

import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.model.Activation;
import dev.lockstep.model.DrawnMatrix;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Labelled;
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
 *   <li>identity and relu add biases of some 2^-20, those of relu negative: what was positive stays
 *       so for a million calls, and what was not stays zero, so that the selects find the same mix
 *   <li>tanh adds biases of 1/4 to 1 in magnitude, which take every element to a fixed point of z =
 *       tanh(z + b) between 0.7 and 1 in magnitude
 *   <li>relu-derivative repeats its result
 *   <li>tanh-derivative multiplies by 1 - a^2, which is at least 1 - 2^-22 for activations below
 *       2^-11: it takes 3 * 10^8 calls to a subnormal number
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
  /** tanh(z + b). */
  TANH(1 + 50, 2),
  /** dA, or +0 where the activation is not above zero. */
  RELU_DERIVATIVE(0, 3),
  /** dA (1 - a^2). */
  TANH_DERIVATIVE(3, 3),
  /** Sums of columns. */
  COLUMN_SUMS(1, 1),
  /** Row losses and delta of logits. */
  CROSS_ENTROPY(26, 2),
  /** w - rate g. */
  SGD(2, 3);

  private static final long SEED = 20261124;
  private static final float RATE = 0.01f;
  private static final int FLOPS_OF_A_ROW_LOSS = 27;

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
   * are computed), an exp 21, a row loss with its log 27.
   */
  public double flops(int rows, int columns) {
    double ofRows = this == CROSS_ENTROPY ? (double) FLOPS_OF_A_ROW_LOSS * rows : 0;
    return (double) flopsOfAnElement * rows * columns + ofRows;
  }

  /**
   * Bytes that a call reads and writes at least: every operand and every result once, what is
   * overwritten in place twice.
   */
  public double bytes(int rows, int columns) {
    double others =
        switch (this) {
          case IDENTITY, RELU, TANH, COLUMN_SUMS -> columns;
          case CROSS_ENTROPY -> 2.0 * rows;
          case RELU_DERIVATIVE, TANH_DERIVATIVE, SGD -> 0;
        };
    return Float.BYTES * ((double) passes * rows * columns + others);
  }

  /** Operands that many calls leave harmless. */
  ElementwiseOperation steady(int rows, int columns) {
    Draws draws = new Draws(rows, columns);
    return switch (this) {
      case IDENTITY -> draws.activation(Activation.IDENTITY, u -> Math.scalb(u, -20));
      case RELU -> draws.activation(Activation.RELU, u -> -Math.scalb(1 + Math.abs(u), -20));
      case TANH -> draws.activation(Activation.TANH, u -> Math.copySign(0.25 + 0.75 * u * u, u));
      case RELU_DERIVATIVE -> draws.derivative(Activation.RELU, u -> u);
      case TANH_DERIVATIVE ->
          draws.derivative(Activation.TANH, u -> Math.scalb(1 + Math.abs(u), -12));
      case COLUMN_SUMS, CROSS_ENTROPY, SGD -> varied(rows, columns);
    };
  }

  /** Operands as various as those of training. */
  ElementwiseOperation varied(int rows, int columns) {
    Draws draws = new Draws(rows, columns);
    return switch (this) {
      case IDENTITY -> draws.activation(Activation.IDENTITY, u -> u);
      case RELU -> draws.activation(Activation.RELU, u -> u);
      case TANH -> draws.activation(Activation.TANH, u -> 4 * u);
      case RELU_DERIVATIVE -> draws.derivative(Activation.RELU, u -> Math.max(0, u));
      case TANH_DERIVATIVE -> draws.derivative(Activation.TANH, u -> u);
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
