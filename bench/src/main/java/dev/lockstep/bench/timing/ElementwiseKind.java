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
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * The element-wise operations that are timed, each on B x N elements.
 *
 * <p>Most work in place and are called thousands of times on the same array. They are timed on
 * operands that keep their values in a range with the same execution time over all calls:
 *
 * <ul>
 *   <li>identity, relu and leaky-relu add biases of about 2^-20, negative for the latter two.
 *       Positive values stay positive for a million calls; the others stay zero or go to about
 *       -2^-27. So the mix of signs stays the same
 *   <li>tanh adds biases of magnitude 1/4 to 1, with which every element converges to a fixed point
 *       of z = tanh(z + b) of magnitude 0.7 to 1
 *   <li>sigmoid adds biases of magnitude up to 2, with which z = sigmoid(z + b) has a fixed point
 *       between 0.1 and 1
 *   <li>gelu adds +0, which does not change z
 *   <li>relu-derivative gives the same result in every call; so does leaky-relu-derivative with
 *       positive activations
 *   <li>tanh-derivative multiplies by 1 - a^2, which is at least 1 - 2^-22 for activations below
 *       2^-11; 3 * 10^8 calls would be needed to reach a subnormal number
 *   <li>sigmoid-derivative multiplies by a (1 - a), which is -1 up to rounding if a is the golden
 *       ratio
 *   <li>gelu-derivative multiplies by 1, the slope of GELU from 5.2 on
 *   <li>sgd changes weights by at most 0.01 per call, so they never overflow
 * </ul>
 *
 * <p>The operations are verified on other operands, which cover the range of values in training.
 */
public enum ElementwiseKind implements Labelled {
  /** z + b. */
  IDENTITY(1, activation(Activation.IDENTITY), u -> Math.scalb(u, -20), u -> u),
  /** z + b, or +0 where z + b is not positive. */
  RELU(1, activation(Activation.RELU), u -> -Math.scalb(1 + Math.abs(u), -20), u -> u),
  /** z + b, or 0.01 (z + b) where z + b is not positive. */
  LEAKY_RELU(2, activation(Activation.LEAKY_RELU), u -> -Math.scalb(1 + Math.abs(u), -20), u -> u),
  /** tanh(z + b). */
  TANH(1 + 50, activation(Activation.TANH), u -> Math.copySign(0.25 + 0.75 * u * u, u), u -> 4 * u),
  /** 1 / (1 + e^-(z + b)). */
  SIGMOID(1 + 33, activation(Activation.SIGMOID), u -> 2 * u, u -> 8 * u),
  /** GELU of z + b in its tanh form; z + b is kept too. */
  GELU(1 + 57, activation(Activation.GELU), _ -> 0, u -> 4 * u),
  /** dA, or +0 where the activation is not positive. */
  RELU_DERIVATIVE(0, derivative(Activation.RELU), u -> u, u -> Math.max(0, u)),
  /** dA, or 0.01 dA where the activation is not positive. */
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
  /** Row losses, and delta of the logits. */
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

  /** Makes the operation for a size. */
  @FunctionalInterface
  private interface Shape {
    SingleOp of(int rows, int columns);
  }

  /**
   * @param steady maps numbers drawn uniformly from [-1, 1) to the second operand for timing, which
   *     stays in a harmless range over many calls
   * @param varied maps such numbers to the second operand for verification, as varied as in
   *     training
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
    return Labelled.hyphenated(this);
  }

  /**
   * Returns the additions, multiplications and divisions of a call. A fused multiply-add counts as
   * two; comparisons, selects and integer operations are not counted. A tanh counts 50 (both
   * branches are computed), an exp 21, a sigmoid 33, a GELU 57, its slope 64, a row loss with its
   * log 27.
   */
  public double flops(int rows, int columns) {
    double ofRows = this == CROSS_ENTROPY ? (double) FLOPS_OF_A_ROW_LOSS * rows : 0;
    return (double) flopsOfAnElement * rows * columns + ofRows;
  }

  /** Returns the bytes of a call, as {@link SingleOp#bytes} counts them. */
  public double bytes(int rows, int columns) {
    return op(rows, columns).bytes();
  }

  /** Returns the operation for a size. */
  SingleOp op(int rows, int columns) {
    return shape.of(rows, columns);
  }

  /** Returns operands for timing, which stay in a harmless range over many calls. */
  Map<Tensor, Matrix> steady(int rows, int columns) {
    return drawn(op(rows, columns), steady);
  }

  /** Returns operands for verification, as varied as those of training. */
  Map<Tensor, Matrix> varied(int rows, int columns) {
    return drawn(op(rows, columns), varied);
  }

  /** Draws operands. The first is uniform in [-1, 1), or in [-8, 8) if it holds logits. */
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
