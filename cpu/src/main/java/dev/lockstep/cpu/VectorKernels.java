package dev.lockstep.cpu;

import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The operations of canonical arithmetic on vectors and threads. Lanes and threads hold different
 * outputs, so each output is the same chain of operations as in the plain loops.
 *
 * <p>Where a row ends inside a vector, plain Java does the rest. Under a mask each operation would
 * be in its loop twice, and HotSpot inlines only so much into one method.
 *
 * <p>All matrices row-major. Not for several threads at a time.
 */
final class VectorKernels implements ElementwiseKernels, AutoCloseable {

  private final Workers workers;
  private final Gemm gemm;

  VectorKernels(int threads) {
    workers = new Workers(threads);
    gemm = new Gemm(workers);
  }

  /**
   * z = x W + b and a = f(z): x is rows x in, W is in x out; bias and activation fused into the
   * product.
   *
   * @param a z itself, unless the activation keeps its input
   */
  void forward(
      Activation activation,
      int rows,
      int out,
      int in,
      float[] x,
      float[] w,
      float[] bias,
      float[] z,
      float[] a) {
    gemm.multiply(
        ProductForm.AB,
        rows,
        out,
        in,
        x,
        w,
        z,
        (c, at, stride, row0, row1, column0, column1) -> {
          for (int i = row0; i < row1; i++) {
            int row = at + (i - row0) * stride - column0;
            activateRow(activation, c, row, bias, column0, column1, a);
          }
        });
  }

  /** below = f'(delta W^T, kept): delta is rows x out, W is in x out; the derivative fused. */
  void backward(
      Activation activation,
      int rows,
      int in,
      int out,
      float[] delta,
      float[] w,
      float[] kept,
      float[] below) {
    gemm.multiply(
        ProductForm.ABT,
        rows,
        in,
        out,
        delta,
        w,
        below,
        (c, at, stride, row0, row1, column0, column1) -> {
          for (int i = row0; i < row1; i++) {
            int from = at + (i - row0) * stride;
            derivative(activation, c, kept, from, from + column1 - column0);
          }
        });
  }

  /** C = op(A) op(B), nothing fused. */
  void product(ProductForm form, int m, int n, int k, float[] a, float[] b, float[] c) {
    gemm.multiply(form, m, n, k, a, b, c, Epilogue.NONE);
  }

  /** Threads take different rows. */
  @Override
  public void activate(
      Activation activation, int rows, int columns, float[] z, float[] bias, float[] a) {
    workers.share(
        rows,
        (long) rows * columns,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            activateRow(activation, z, i * columns, bias, 0, columns, a);
          }
        });
  }

  /**
   * z = z + b and f of that on columns {@code column0 .. column1} of the row that starts at {@code
   * row}.
   *
   * @param a where f goes at the same place, if the activation keeps its input; else into z
   */
  static void activateRow(
      Activation activation,
      float[] z,
      int row,
      float[] bias,
      int column0,
      int column1,
      float[] a) {
    switch (activation) {
      case IDENTITY -> addBias(z, row, bias, column0, column1);
      case RELU -> relu(z, row, bias, column0, column1);
      case LEAKY_RELU -> leakyRelu(z, row, bias, column0, column1);
      case TANH -> VectorElementary.tanh(z, row + column0, bias, column0, column1 - column0);
      case SIGMOID -> VectorElementary.sigmoid(z, row + column0, bias, column0, column1 - column0);
      case GELU -> {
        addBias(z, row, bias, column0, column1);
        VectorElementary.gelu(z, row + column0, column1 - column0, a);
      }
    }
  }

  private static void addBias(float[] z, int row, float[] bias, int column0, int column1) {
    int j = column0;
    for (; j <= column1 - Lanes.COUNT; j += Lanes.COUNT) {
      sum(z, row, bias, j).intoArray(z, row + j);
    }
    for (; j < column1; j++) {
      z[row + j] = z[row + j] + bias[j];
    }
  }

  private static void relu(float[] z, int row, float[] bias, int column0, int column1) {
    int j = column0;
    for (; j <= column1 - Lanes.COUNT; j += Lanes.COUNT) {
      FloatVector x = sum(z, row, bias, j);
      x.blend(0f, x.compare(VectorOperators.LE, 0f)).intoArray(z, row + j);
    }
    for (; j < column1; j++) {
      float x = z[row + j] + bias[j];
      z[row + j] = x <= 0 ? 0 : x;
    }
  }

  private static void leakyRelu(float[] z, int row, float[] bias, int column0, int column1) {
    int j = column0;
    for (; j <= column1 - Lanes.COUNT; j += Lanes.COUNT) {
      FloatVector x = sum(z, row, bias, j);
      leaky(x, x).intoArray(z, row + j);
    }
    for (; j < column1; j++) {
      float x = z[row + j] + bias[j];
      z[row + j] = x > 0 ? x : Activation.LEAKY_SLOPE * x;
    }
  }

  /** x where {@code sign} is above zero, and elsewhere what a leaky ReLU leaves of it. */
  private static FloatVector leaky(FloatVector x, FloatVector sign) {
    return x.mul(Activation.LEAKY_SLOPE).blend(x, sign.compare(VectorOperators.GT, 0f));
  }

  private static FloatVector sum(float[] z, int row, float[] bias, int j) {
    return FloatVector.fromArray(Lanes.SPECIES, z, row + j)
        .add(FloatVector.fromArray(Lanes.SPECIES, bias, j));
  }

  /** Threads take different elements. */
  @Override
  public void derivative(Activation activation, float[] upstream, float[] kept) {
    workers.share(
        upstream.length,
        upstream.length,
        (from, to) -> derivative(activation, upstream, kept, from, to));
  }

  /** upstream = f'(upstream, kept) on elements {@code from .. to}. */
  static void derivative(Activation activation, float[] upstream, float[] kept, int from, int to) {
    if (activation == Activation.IDENTITY) {
      return;
    }
    if (activation.keepsInput()) {
      VectorElementary.geluDerivative(upstream, kept, from, to);
      return;
    }
    int i = from;
    for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector up = FloatVector.fromArray(Lanes.SPECIES, upstream, i);
      FloatVector a = FloatVector.fromArray(Lanes.SPECIES, kept, i);
      derivative(activation, up, a).intoArray(upstream, i);
    }
    for (; i < to; i++) {
      upstream[i] = derivative(activation, upstream[i], kept[i]);
    }
  }

  /** up f'(z) in every lane, from a = f(z). */
  static FloatVector derivative(Activation activation, FloatVector up, FloatVector a) {
    return switch (activation) {
      case IDENTITY -> up;
      case RELU -> up.blend(0f, a.compare(VectorOperators.LE, 0f));
      case LEAKY_RELU -> leaky(up, a);
      case TANH -> up.mul(a.neg().fma(a, FloatVector.broadcast(Lanes.SPECIES, 1f)));
      case SIGMOID -> up.mul(a.mul(FloatVector.broadcast(Lanes.SPECIES, 1f).sub(a)));
      case GELU -> throw keepsItsInput(activation);
    };
  }

  private static float derivative(Activation activation, float up, float a) {
    return switch (activation) {
      case IDENTITY -> up;
      case RELU -> a <= 0 ? 0 : up;
      case LEAKY_RELU -> a > 0 ? up : Activation.LEAKY_SLOPE * up;
      case TANH -> up * Math.fma(-a, a, 1f);
      case SIGMOID -> up * (a * (1 - a));
      case GELU -> throw keepsItsInput(activation);
    };
  }

  private static IllegalArgumentException keepsItsInput(Activation activation) {
    return new IllegalArgumentException("a does not tell the slope of " + activation);
  }

  /**
   * The loss of one row of classes, from a place in the outputs, and its gradient times a scale.
   */
  interface RowLoss {
    float of(int classes, float[] outputs, int row, int label, float scale, float[] delta);

    static RowLoss of(Loss loss) {
      return switch (loss) {
        case CROSS_ENTROPY -> VectorKernels::crossEntropyRow;
        case SQUARED_ERROR -> VectorKernels::squaredErrorRow;
      };
    }
  }

  /**
   * Loss of each row and its gradient by the outputs. The sums of a row have few terms and one
   * order, so rows are computed one by one, threads taking different rows.
   */
  @Override
  public void loss(
      Loss loss,
      int rows,
      int classes,
      float[] outputs,
      int[] labels,
      float[] rowLoss,
      float[] delta) {
    RowLoss ofRow = RowLoss.of(loss);
    float scale = 1 / (float) rows;
    workers.share(
        rows,
        (long) rows * classes,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            rowLoss[i] = ofRow.of(classes, outputs, i * classes, labels[i], scale, delta);
          }
        });
  }

  static float crossEntropyRow(
      int classes, float[] logits, int row, int label, float scale, float[] delta) {
    float max = logits[row];
    for (int c = 1; c < classes; c++) {
      max = logits[row + c] > max ? logits[row + c] : max;
    }
    for (int c = 0; c < classes; c += Lanes.COUNT) {
      var mask = Lanes.SPECIES.indexInRange(c, classes);
      VectorElementary.exp(FloatVector.fromArray(Lanes.SPECIES, logits, row + c, mask).sub(max))
          .intoArray(delta, row + c, mask);
    }
    float sum = 0;
    for (int c = 0; c < classes; c++) {
      sum = sum + delta[row + c];
    }
    for (int c = 0; c < classes; c++) {
      float target = c == label ? 1 : 0;
      delta[row + c] = (delta[row + c] / sum - target) * scale;
    }
    return Elementary.log(sum) - (logits[row + label] - max);
  }

  /** The sum has one order; of as few terms as there are classes, it is not worth a vector. */
  static float squaredErrorRow(
      int classes, float[] outputs, int row, int label, float scale, float[] delta) {
    float sum = 0;
    for (int c = 0; c < classes; c++) {
      float distance = outputs[row + c] - (c == label ? 1f : 0f);
      sum = Math.fma(distance, distance, sum);
      delta[row + c] = distance * scale;
    }
    return 0.5f * sum;
  }

  /** sums[j] = sum over rows, ascending from +0; threads take different columns. */
  @Override
  public void columnSums(int rows, int columns, float[] delta, float[] sums) {
    workers.share(
        columns,
        (long) rows * columns,
        (from, to) -> {
          for (int j = from; j < to; j += Lanes.COUNT) {
            var mask = Lanes.SPECIES.indexInRange(j, to);
            FloatVector sum = FloatVector.zero(Lanes.SPECIES);
            for (int i = 0; i < rows; i++) {
              sum = sum.add(FloatVector.fromArray(Lanes.SPECIES, delta, i * columns + j, mask));
            }
            sum.intoArray(sums, j, mask);
          }
        });
  }

  /**
   * {@link #product} A^T B and a plain {@link #update} in one: w = fma(-rate, x^T delta, w),
   * without a gradient in memory. x is batch x in, delta is batch x out, w is in x out.
   */
  void descend(int batch, int in, int out, float[] x, float[] delta, float rate, float[] w) {
    gemm.pass(
        ProductForm.ATB,
        in,
        out,
        batch,
        x,
        delta,
        (gradient, at, stride, row0, row1, column0, column1) -> {
          for (int i = row0; i < row1; i++) {
            int from = at + (i - row0) * stride;
            descend(w, i * out + column0, gradient, from, column1 - column0, rate);
          }
        });
  }

  @Override
  public void update(Update update, float[] weights, float[] gradient, List<float[]> moments) {
    if (update.isPlain()) {
      workers.share(
          weights.length,
          weights.length,
          (from, to) -> descend(weights, from, gradient, from, to - from, update.rate()));
      return;
    }
    VectorUpdate work =
        new VectorUpdate(
            update,
            MemorySegment.ofArray(weights),
            MemorySegment.ofArray(gradient),
            moments.stream().map(MemorySegment::ofArray).toList());
    workers.share(weights.length, weights.length, work::apply);
  }

  /** w = fma(-rate, g, w). */
  private static void descend(float[] w, int wAt, float[] g, int gAt, int length, float rate) {
    FloatVector minusRate = FloatVector.broadcast(Lanes.SPECIES, -rate);
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      minusRate
          .fma(
              FloatVector.fromArray(Lanes.SPECIES, g, gAt + i),
              FloatVector.fromArray(Lanes.SPECIES, w, wAt + i))
          .intoArray(w, wAt + i);
    }
    for (; i < length; i++) {
      w[wAt + i] = Math.fma(-rate, g[gAt + i], w[wAt + i]);
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
