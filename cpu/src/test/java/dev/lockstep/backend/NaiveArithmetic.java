package dev.lockstep.backend;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import java.util.Arrays;
import java.util.List;

/**
 * Canonical arithmetic written down a second time, one output after the other, for the tests alone:
 * it shares no line with the backends it judges.
 *
 * <p>Operands are read as binary64, which holds every binary32 value; each operation then rounds to
 * the precision of the constant.
 */
enum NaiveArithmetic {
  BINARY32 {
    @Override
    double fma(double a, double b, double c) {
      return Math.fma((float) a, (float) b, (float) c);
    }

    @Override
    double add(double a, double b) {
      return (float) a + (float) b;
    }

    @Override
    double multiply(double a, double b) {
      return (float) a * (float) b;
    }

    @Override
    double divide(double a, double b) {
      return (float) a / (float) b;
    }

    @Override
    double root(double a) {
      return (float) Math.sqrt((float) a);
    }

    @Override
    Matrix matrix(int rows, int columns, double[] values) {
      FloatMatrix matrix = new FloatMatrix(rows, columns);
      for (int i = 0; i < values.length; i++) {
        matrix.data()[i] = (float) values[i];
      }
      return matrix;
    }
  },
  BINARY64 {
    @Override
    double fma(double a, double b, double c) {
      return Math.fma(a, b, c);
    }

    @Override
    double add(double a, double b) {
      return a + b;
    }

    @Override
    double multiply(double a, double b) {
      return a * b;
    }

    @Override
    double divide(double a, double b) {
      return a / b;
    }

    @Override
    double root(double a) {
      return Math.sqrt(a);
    }

    @Override
    Matrix matrix(int rows, int columns, double[] values) {
      return new DoubleMatrix(rows, columns, values.clone());
    }
  };

  abstract double fma(double a, double b, double c);

  abstract double add(double a, double b);

  abstract double multiply(double a, double b);

  abstract double divide(double a, double b);

  abstract double root(double a);

  abstract Matrix matrix(int rows, int columns, double[] values);

  /** Each output: an accumulator from +0, k ascending, every term fused. */
  Matrix product(ProductForm form, Matrix a, Matrix b) {
    int m = form == ProductForm.ATB ? a.columns() : a.rows();
    int k = form == ProductForm.ATB ? a.rows() : a.columns();
    int n = form == ProductForm.ABT ? b.rows() : b.columns();
    double[] c = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          double left = form == ProductForm.ATB ? a.value(p * m + i) : a.value(i * k + p);
          double right = form == ProductForm.ABT ? b.value(j * k + p) : b.value(p * n + j);
          sum = fma(left, right, sum);
        }
        c[i * n + j] = sum;
      }
    }
    return matrix(m, n, c);
  }

  /** f(z + b); tanh and the exp of a sigmoid are the library's, so good to an ulp only. */
  Matrix activate(Activation activation, Matrix z, Matrix bias) {
    double[] a = new double[z.size()];
    for (int i = 0; i < a.length; i++) {
      double x = add(z.value(i), bias.value(i % z.columns()));
      a[i] =
          switch (activation) {
            case IDENTITY -> x;
            case RELU -> x <= 0 ? 0.0 : x;
            case LEAKY_RELU -> x > 0 ? x : multiply(Activation.LEAKY_SLOPE, x);
            case TANH -> StrictMath.tanh(x);
            case SIGMOID -> 1 / (1 + StrictMath.exp(-x));
            case GELU -> x / 2 * (1 + geluTanh(x));
          };
    }
    return matrix(z.rows(), z.columns(), a);
  }

  Matrix derivative(Activation activation, Matrix upstream, Matrix kept) {
    double[] d = new double[upstream.size()];
    for (int i = 0; i < d.length; i++) {
      double up = upstream.value(i);
      double x = kept.value(i);
      d[i] =
          switch (activation) {
            case IDENTITY -> up;
            case RELU -> x <= 0 ? 0.0 : up;
            case LEAKY_RELU -> x > 0 ? up : multiply(Activation.LEAKY_SLOPE, up);
            case TANH -> multiply(up, fma(-x, x, 1));
            case SIGMOID -> multiply(up, multiply(x, add(1, -x)));
            case GELU -> {
              double h = geluTanh(x);
              double bell = x / 2 * (1 - h * h) * geluInner(x);
              yield multiply(up, (1 + h) / 2 + bell);
            }
          };
    }
    return matrix(upstream.rows(), upstream.columns(), d);
  }

  private static double geluTanh(double x) {
    return StrictMath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
  }

  private static double geluInner(double x) {
    return Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
  }

  /**
   * The terms that a derivative is the sum of, each without its sign: of GELU the bell's factor is
   * what its 1 - h^2 loses when that cancels, for as long as it does.
   */
  static Matrix slopeMagnitude(Activation activation, Matrix upstream, Matrix kept) {
    Matrix sizes = magnitude(upstream);
    if (activation != Activation.GELU) {
      return sizes;
    }
    double[] d = new double[sizes.size()];
    for (int i = 0; i < d.length; i++) {
      double x = Math.clamp(kept.value(i), -6, 6);
      d[i] = sizes.value(i) * (1 + Math.abs(x) / 2 * geluInner(x));
    }
    return BINARY64.matrix(sizes.rows(), sizes.columns(), d);
  }

  Matrix columnSums(Matrix delta) {
    double[] sums = new double[delta.columns()];
    for (int j = 0; j < sums.length; j++) {
      double sum = 0;
      for (int i = 0; i < delta.rows(); i++) {
        sum = add(sum, delta.value(i * delta.columns() + j));
      }
      sums[j] = sum;
    }
    return matrix(1, sums.length, sums);
  }

  Operations.RowLosses squaredError(Matrix outputs, int[] labels) {
    int rows = outputs.rows();
    int classes = outputs.columns();
    double scale = divide(1, rows);
    double[] losses = new double[rows];
    double[] delta = new double[outputs.size()];
    for (int i = 0; i < rows; i++) {
      for (int c = 0; c < classes; c++) {
        double distance = add(outputs.value(i * classes + c), c == labels[i] ? -1.0 : -0.0);
        losses[i] = fma(distance, distance, losses[i]);
        delta[i * classes + c] = multiply(distance, scale);
      }
      losses[i] = multiply(0.5, losses[i]);
    }
    return new Operations.RowLosses(matrix(1, rows, losses), matrix(rows, classes, delta));
  }

  Operations.Updated update(Update by, Matrix weights, Matrix gradient, List<Matrix> moments) {
    double[] after = new double[weights.size()];
    double[][] kept = new double[moments.size()][weights.size()];
    for (int i = 0; i < after.length; i++) {
      double w = weights.value(i);
      double g = by.decay() == 0 ? gradient.value(i) : fma(by.decay(), w, gradient.value(i));
      double direction = 0;
      if (by.rule() instanceof Rule.Sgd) {
        direction = g;
      } else if (by.rule() instanceof Rule.Momentum(float factor)) {
        kept[0][i] = fma(factor, moments.get(0).value(i), g);
        direction = kept[0][i];
      } else if (by.rule() instanceof Rule.Nesterov(float factor)) {
        kept[0][i] = fma(factor, moments.get(0).value(i), g);
        direction = fma(factor, kept[0][i], g);
      } else if (by.rule() instanceof Rule.Adam(float first, float second, float _)) {
        float restOfFirst = (float) (1.0 - first);
        float restOfSecond = (float) (1.0 - second);
        kept[0][i] = fma(first, moments.get(0).value(i), multiply(restOfFirst, g));
        kept[1][i] = fma(second, moments.get(1).value(i), multiply(restOfSecond, multiply(g, g)));
        double divisor = add(root(multiply(kept[1][i], by.correction())), by.rule().epsilon());
        direction = divide(kept[0][i], divisor);
      }
      after[i] = fma(-by.rate(), direction, w);
    }
    int rows = weights.rows();
    int columns = weights.columns();
    return new Operations.Updated(
        matrix(rows, columns, after),
        Arrays.stream(kept).map(moment -> matrix(rows, columns, moment)).toList());
  }

  /** Absolute values in binary64: what the magnitude of an inner product is made of. */
  static Matrix magnitude(Matrix matrix) {
    double[] values = matrix.widened().data();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    return new DoubleMatrix(matrix.rows(), matrix.columns(), values);
  }
}
