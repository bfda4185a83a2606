package dev.lockstep.bench.cells;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Single operations of a step, written down once more and as plainly as possible from the
 * specification of canonical arithmetic, so that a fault that all exact backends have in common
 * shows. Functions are computed in binary64 by {@link StrictMath}, with a bound; all else has exact
 * bits.
 */
final class PlainArithmetic {

  /** The largest error of tanh in units in the last place. */
  private static final double TANH_ULPS = 0.7403;

  /** The largest error of the logistic function in units in the last place. */
  private static final double SIGMOID_ULPS = 1.4799;

  /** Far above the errors of a few operations, far below an error that matters. */
  private static final double ROUNDINGS = 0x1p-20;

  private static final double UNDERFLOW = 0x1p-140;

  private PlainArithmetic() {}

  /** Elements in binary64, and the largest error of each. */
  record Bounded(DoubleMatrix values, DoubleMatrix errors) {}

  private static Bounded bounded(
      int rows, int columns, IntToDoubleFunction value, IntToDoubleFunction error) {
    Bounded result = new Bounded(new DoubleMatrix(rows, columns), new DoubleMatrix(rows, columns));
    for (int i = 0; i < rows * columns; i++) {
      result.values.data()[i] = value.applyAsDouble(i);
      result.errors.data()[i] = error.applyAsDouble(i);
    }
    return result;
  }

  /** Computes an element of a matrix. */
  @FunctionalInterface
  interface Element {
    float at(int i);
  }

  static FloatMatrix matrix(int rows, int columns, Element element) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] = element.at(i);
    }
    return matrix;
  }

  /** Returns A B: each element is one chain of fma with ascending k from +0. */
  static FloatMatrix product(FloatMatrix a, FloatMatrix b) {
    int n = b.columns();
    return matrix(
        a.rows(),
        n,
        i -> {
          float sum = 0;
          for (int k = 0; k < a.columns(); k++) {
            sum = Math.fma(a.data()[i / n * a.columns() + k], b.data()[k * n + i % n], sum);
          }
          return sum;
        });
  }

  /** Returns f(z + b) for an activation without a function of its own. */
  static FloatMatrix activated(Activation activation, FloatMatrix z, FloatMatrix bias) {
    return matrix(
        z.rows(),
        z.columns(),
        i -> {
          float sum = z.data()[i] + bias.data()[i % z.columns()];
          return switch (activation) {
            case IDENTITY -> sum;
            case RELU -> sum <= 0 ? 0 : sum;
            case LEAKY_RELU -> sum > 0 ? sum : 0.01f * sum;
            case TANH, SIGMOID, GELU -> throw new IllegalArgumentException("" + activation);
          };
        });
  }

  /** Returns dA f'(z), computed from f(z). */
  static FloatMatrix derived(Activation activation, FloatMatrix upstream, FloatMatrix kept) {
    return matrix(
        upstream.rows(),
        upstream.columns(),
        i -> {
          float up = upstream.data()[i];
          float a = kept.data()[i];
          return switch (activation) {
            case IDENTITY -> up;
            case RELU -> a <= 0 ? 0 : up;
            case LEAKY_RELU -> a > 0 ? up : 0.01f * up;
            case TANH -> up * Math.fma(-a, a, 1f);
            case SIGMOID -> up * (a * (1f - a));
            case GELU -> throw new IllegalArgumentException("" + activation);
          };
        });
  }

  /** Returns f(z) of a function, in binary64. */
  static Bounded function(Activation activation, FloatMatrix z) {
    return switch (activation) {
      case TANH ->
          bounded(
              z.rows(),
              z.columns(),
              i -> StrictMath.tanh(z.value(i)),
              i -> TANH_ULPS * ulp(StrictMath.tanh(z.value(i))));
      case SIGMOID ->
          bounded(
              z.rows(),
              z.columns(),
              i -> logistic(z.value(i)),
              i -> SIGMOID_ULPS * ulp(logistic(z.value(i))));
      case GELU ->
          bounded(
              z.rows(),
              z.columns(),
              i -> z.value(i) / 2 * (1 + geluTanh(z.value(i))),
              i -> Math.abs(z.value(i)) * ROUNDINGS + UNDERFLOW);
      case IDENTITY, RELU, LEAKY_RELU -> throw new IllegalArgumentException("" + activation);
    };
  }

  private static double ulp(double exact) {
    return Math.ulp((float) Math.abs(exact));
  }

  private static double logistic(double z) {
    double e = StrictMath.exp(-Math.abs(z));
    return (z < 0 ? e : 1) / (1 + e);
  }

  private static double geluTanh(double z) {
    return StrictMath.tanh(StrictMath.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z));
  }

  /** Returns dA times the derivative of GELU at z, in binary64. */
  static Bounded geluDerived(FloatMatrix upstream, FloatMatrix z) {
    return bounded(
        z.rows(),
        z.columns(),
        i -> {
          double x = z.value(i);
          double h = geluTanh(x);
          double slope = StrictMath.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
          return upstream.value(i) * ((1 + h) / 2 + x / 2 * (1 - h * h) * slope);
        },
        i -> Math.abs(upstream.value(i)) * 8 * ROUNDINGS + UNDERFLOW);
  }

  /** Returns the sum of each column over ascending rows from +0. */
  static FloatMatrix columnSums(FloatMatrix delta) {
    return matrix(
        1,
        delta.columns(),
        j -> {
          float sum = 0;
          for (int i = 0; i < delta.rows(); i++) {
            sum += delta.data()[i * delta.columns() + j];
          }
          return sum;
        });
  }

  /** Returns the squared error of each row. */
  static FloatMatrix squaredErrors(FloatMatrix outputs, int[] labels) {
    return matrix(
        1,
        outputs.rows(),
        i -> {
          float sum = 0;
          for (int c = 0; c < outputs.columns(); c++) {
            float distance = distance(outputs, labels, i * outputs.columns() + c);
            sum = Math.fma(distance, distance, sum);
          }
          return sum / 2;
        });
  }

  /** Returns the gradient of the mean squared error with respect to the outputs. */
  static FloatMatrix squaredErrorDeltas(FloatMatrix outputs, int[] labels) {
    float scale = 1 / (float) outputs.rows();
    return matrix(outputs.rows(), outputs.columns(), i -> distance(outputs, labels, i) * scale);
  }

  private static float distance(FloatMatrix outputs, int[] labels, int i) {
    return outputs.data()[i] - target(outputs, labels, i);
  }

  private static float target(FloatMatrix outputs, int[] labels, int i) {
    return i % outputs.columns() == labels[i / outputs.columns()] ? 1 : 0;
  }

  /** Returns the cross-entropy of each row, in binary64. */
  static Bounded crossEntropies(FloatMatrix outputs, int[] labels) {
    return bounded(
        1,
        outputs.rows(),
        i -> StrictMath.log(sum(outputs, i)) - ofLabel(outputs, labels, i),
        i ->
            ROUNDINGS
                * (1 + StrictMath.log(sum(outputs, i)) + Math.abs(ofLabel(outputs, labels, i))));
  }

  /** Returns the gradient of the mean cross-entropy with respect to the outputs, in binary64. */
  static Bounded crossEntropyDeltas(FloatMatrix outputs, int[] labels) {
    int rows = outputs.rows();
    int columns = outputs.columns();
    return bounded(
        rows,
        columns,
        i -> (share(outputs, i) - target(outputs, labels, i)) / rows,
        i ->
            (relative(outputs, i) * share(outputs, i) + ROUNDINGS * target(outputs, labels, i))
                    / rows
                + UNDERFLOW);
  }

  private static double share(FloatMatrix outputs, int i) {
    int row = i / outputs.columns();
    return StrictMath.exp(outputs.value(i) - largest(outputs, row)) / sum(outputs, row);
  }

  /** Returns the relative error of a share: the difference from the maximum is rounded too. */
  private static double relative(FloatMatrix outputs, int i) {
    double below = largest(outputs, i / outputs.columns()) - outputs.value(i);
    return ROUNDINGS + below * 0x1p-23;
  }

  private static double ofLabel(FloatMatrix outputs, int[] labels, int row) {
    return outputs.value(row * outputs.columns() + labels[row]) - largest(outputs, row);
  }

  private static double largest(FloatMatrix outputs, int row) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < outputs.columns(); c++) {
      largest = Math.max(largest, outputs.value(row * outputs.columns() + c));
    }
    return largest;
  }

  private static double sum(FloatMatrix outputs, int row) {
    double largest = largest(outputs, row);
    double sum = 0;
    for (int c = 0; c < outputs.columns(); c++) {
      sum += StrictMath.exp(outputs.value(row * outputs.columns() + c) - largest);
    }
    return sum;
  }

  /** Returns the parameters after an update, then each moment. */
  static List<Matrix> updated(
      Update update, FloatMatrix weights, FloatMatrix gradient, List<FloatMatrix> moments) {
    FloatMatrix w = (FloatMatrix) weights.copy();
    List<Matrix> after = new ArrayList<>(List.of(w));
    moments.forEach(moment -> after.add(moment.copy()));
    for (int i = 0; i < w.size(); i++) {
      float g = gradient.data()[i];
      if (update.decay() != 0) {
        g = Math.fma(update.decay(), w.data()[i], g);
      }
      w.data()[i] = Math.fma(-update.rate(), direction(update.rule(), g, after, i), w.data()[i]);
    }
    return after;
  }

  private static float direction(Rule rule, float g, List<Matrix> after, int i) {
    return switch (rule) {
      case Rule.Sgd() -> g;
      case Rule.Momentum(float factor) -> {
        float[] v = ((FloatMatrix) after.get(1)).data();
        v[i] = Math.fma(factor, v[i], g);
        yield v[i];
      }
      case Rule.Nesterov(float factor) -> {
        float[] v = ((FloatMatrix) after.get(1)).data();
        v[i] = Math.fma(factor, v[i], g);
        yield Math.fma(factor, v[i], g);
      }
      case Rule.Adam(float b1, float b2, float epsilon) -> {
        float[] m = ((FloatMatrix) after.get(1)).data();
        float[] v = ((FloatMatrix) after.get(2)).data();
        m[i] = Math.fma(b1, m[i], (float) (1 - (double) b1) * g);
        v[i] = Math.fma(b2, v[i], (float) (1 - (double) b2) * (g * g));
        yield m[i] / ((float) Math.sqrt(v[i]) + epsilon);
      }
    };
  }
}
