package dev.lockstep.bench.timing;

import dev.lockstep.input.Labelled;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

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
  IDENTITY(1, activation(Activation.IDENTITY), u -> Math.scalb(u, -20), u -> u),
  /** z + b, or +0 where that is not above zero. */
  RELU(1, activation(Activation.RELU), u -> -Math.scalb(1 + Math.abs(u), -20), u -> u),
  /** z + b, or a hundredth of it where that is not above zero. */
  LEAKY_RELU(2, activation(Activation.LEAKY_RELU), u -> -Math.scalb(1 + Math.abs(u), -20), u -> u),
  /** tanh(z + b). */
  TANH(1 + 50, activation(Activation.TANH), u -> Math.copySign(0.25 + 0.75 * u * u, u), u -> 4 * u),
  /** 1 / (1 + e^-(z + b)). */
  SIGMOID(1 + 33, activation(Activation.SIGMOID), u -> 2 * u, u -> 8 * u),
  /** GELU of z + b in its tanh form; z + b is kept too. */
  GELU(1 + 57, activation(Activation.GELU), _ -> 0, u -> 4 * u),
  /** dA, or +0 where the activation is not above zero. */
  RELU_DERIVATIVE(0, derivative(Activation.RELU), u -> u, u -> Math.max(0, u)),
  /** dA, or a hundredth of it where the activation is not above zero. */
  LEAKY_RELU_DERIVATIVE(1, derivative(Activation.LEAKY_RELU), u -> 1 + Math.abs(u), u -> u),
  /** dA (1 - a^2). */
  TANH_DERIVATIVE(3, derivative(Activation.TANH), u -> Math.scalb(1 + Math.abs(u), -12), u -> u),
  /** dA a (1 - a). */
  SIGMOID_DERIVATIVE(
      3, derivative(Activation.SIGMOID), _ -> (1 + Math.sqrt(5)) / 2, u -> (1 + u) / 2),
  /** dA times the slope of GELU at z. */
  GELU_DERIVATIVE(65, derivative(Activation.GELU), u -> 6 + Math.abs(u), u -> 4 * u),
  /** Sums of columns. */
  COLUMN_SUMS(1, SingleOp::columnSums, u -> u, u -> u),
  /** Row losses and delta of logits. */
  CROSS_ENTROPY(
      26, (rows, columns) -> SingleOp.loss(Loss.CROSS_ENTROPY, rows, columns), u -> u, u -> u),
  /** w - rate g. */
  SGD(2, (rows, columns) -> SingleOp.update(Update.sgd(0.01f), rows, columns), u -> u, u -> u);

  private static final long SEED = 20261124;
  private static final int FLOPS_OF_A_ROW_LOSS = 27;

  private final int flopsOfAnElement;
  private final Shape shape;
  private final DoubleUnaryOperator steady;
  private final DoubleUnaryOperator varied;

  /** An operation of a size. */
  @FunctionalInterface
  private interface Shape {
    SingleOp of(int rows, int columns);
  }

  /**
   * @param steady makes the second operand, from numbers drawn uniformly from [-1, 1), where many
   *     calls have to leave the operands harmless
   * @param varied the same, as various as in training
   */
  ElementwiseKind(
      int flopsOfAnElement, Shape shape, DoubleUnaryOperator steady, DoubleUnaryOperator varied) {
    this.flopsOfAnElement = flopsOfAnElement;
    this.shape = shape;
    this.steady = steady;
    this.varied = varied;
  }

  private static Shape activation(Activation activation) {
    return (rows, columns) -> SingleOp.activation(activation, rows, columns);
  }

  private static Shape derivative(Activation activation) {
    return (rows, columns) -> SingleOp.derivative(activation, rows, columns);
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

  /** Bytes of a call, as {@link SingleOp#bytes} counts them. */
  public double bytes(int rows, int columns) {
    return op(rows, columns).bytes();
  }

  /** The operation. */
  SingleOp op(int rows, int columns) {
    return shape.of(rows, columns);
  }

  /** Operands that many calls leave harmless. */
  Map<Tensor, Matrix> steady(int rows, int columns) {
    return drawn(op(rows, columns), steady);
  }

  /** Operands as various as those of training. */
  Map<Tensor, Matrix> varied(int rows, int columns) {
    return drawn(op(rows, columns), varied);
  }

  /** The first operand is uniform, but for logits, which spread further. */
  private Map<Tensor, Matrix> drawn(SingleOp single, DoubleUnaryOperator second) {
    List<Tensor> operands = single.operands();
    DoubleUnaryOperator first = this == CROSS_ENTROPY ? u -> 8 * u : u -> u;
    List<Matrix> drawn = new ArrayList<>(List.of(drawn(0, operands.getFirst(), first)));
    if (this == CROSS_ENTROPY) {
      int classes = operands.getFirst().columns().size();
      drawn.add(drawn(2, operands.getLast(), u -> Math.floor((u + 1) / 2 * classes)));
    } else if (operands.size() > 1) {
      drawn.add(drawn(1, operands.getLast(), second));
    }
    return single.operands(drawn);
  }

  private static Matrix drawn(int number, Tensor operand, DoubleUnaryOperator map) {
    int columns = operand.columns().size();
    return new DrawnMatrix(
            operand.rows().size(),
            columns,
            (i, j) ->
                map.applyAsDouble(
                    2 * Philox.uniform(SEED, Stream.OPERANDS, number, (long) i * columns + j) - 1))
        .copy();
  }
}
