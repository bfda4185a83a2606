package dev.lockstep.cpu;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import dev.lockstep.program.Formula;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.List;

/**
 * The operations of a step in binary64. exp and log are those of StrictMath, as in {@link
 * Activation#value}: equal on every machine, accurate to one ulp, and independent of the binary32
 * code that they judge.
 */
final class DoubleKernels implements HostKernels<double[]> {

  @Override
  public double[] allocate(int length) {
    return new double[length];
  }

  @Override
  public void copy(Matrix matrix, double[] target) {
    for (int i = 0; i < matrix.size(); i++) {
      target[i] = matrix.value(i);
    }
  }

  @Override
  public Matrix matrix(int rows, int columns, double[] data) {
    return new DoubleMatrix(rows, columns, Arrays.copyOf(data, rows * columns));
  }

  @Override
  public double at(double[] data, int index) {
    return data[index];
  }

  @Override
  public Runnable copy(double[] from, double[] to, int length) {
    return () -> System.arraycopy(from, 0, to, 0, length);
  }

  @Override
  public Runnable gather(float[] features, int columns, int[] rowNumbers, double[] x) {
    return () -> {
      for (int i = 0; i < rowNumbers.length; i++) {
        for (int j = 0; j < columns; j++) {
          x[i * columns + j] = features[rowNumbers[i] * columns + j];
        }
      }
    };
  }

  @Override
  public Runnable product(ProductShape shape, double[] a, double[] b, double[] c) {
    if (shape.form() != ProductForm.ABT) {
      return () -> multiply(shape, a, b, c);
    }
    double[] right = new double[Math.toIntExact(shape.sizeOfB())];
    return () -> {
      transpose(shape.n(), shape.k(), b, right);
      multiply(shape, a, right, c);
    };
  }

  /**
   * Computes C row by row. The row holds the accumulators and k ascends in the outer loop, so each
   * element is a chain of fma in ascending k from +0.
   *
   * @param right op(B), k x n
   */
  private static void multiply(ProductShape shape, double[] a, double[] right, double[] c) {
    int m = shape.m();
    int n = shape.n();
    int k = shape.k();
    for (int i = 0; i < m; i++) {
      Arrays.fill(c, i * n, i * n + n, +0);
      for (int p = 0; p < k; p++) {
        double left = shape.form() == ProductForm.ATB ? a[p * m + i] : a[i * k + p];
        addScaledRow(left, right, p * n, c, i * n, n);
      }
    }
  }

  private static void addScaledRow(double left, double[] b, int from, double[] c, int to, int n) {
    for (int j = 0; j < n; j++) {
      c[to + j] = Math.fma(left, b[from + j], c[to + j]);
    }
  }

  /** Transposes an n x k matrix into a k x n one. */
  private static void transpose(int n, int k, double[] b, double[] transposed) {
    for (int j = 0; j < n; j++) {
      for (int p = 0; p < k; p++) {
        transposed[p * n + j] = b[j * k + p];
      }
    }
  }

  @Override
  public Runnable shift(double[] bias, float[] noise, double[] shifted) {
    return () -> {
      for (int j = 0; j < noise.length; j++) {
        shifted[j] = bias[j] + noise[j];
      }
    };
  }

  @Override
  public Runnable activate(
      Activation activation, int rows, int columns, double[] z, double[] bias, double[] a) {
    return () -> activateAll(activation, rows, columns, z, bias, a);
  }

  private static void activateAll(
      Activation activation, int rows, int columns, double[] z, double[] bias, double[] a) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double sum = z[i * columns + j] + bias[j];
        z[i * columns + j] = sum;
        a[i * columns + j] = activation.value(sum);
      }
    }
  }

  @Override
  public Runnable derivative(Activation activation, int length, double[] upstream, double[] kept) {
    return () -> {
      for (int i = 0; i < length; i++) {
        upstream[i] = activation.derivative(upstream[i], kept[i]);
      }
    };
  }

  @Override
  public Runnable loss(
      Loss loss,
      int rows,
      int classes,
      double[] outputs,
      int[] labels,
      double[] rowLoss,
      double[] delta) {
    return switch (loss) {
      case CROSS_ENTROPY -> () -> crossEntropy(rows, classes, outputs, labels, rowLoss, delta);
      case SQUARED_ERROR -> () -> squaredError(rows, classes, outputs, labels, rowLoss, delta);
    };
  }

  private static void crossEntropy(
      int rows, int classes, double[] logits, int[] labels, double[] rowLoss, double[] delta) {
    double scale = 1 / (double) rows;
    for (int i = 0; i < rows; i++) {
      int row = i * classes;
      double max = logits[row];
      for (int c = 1; c < classes; c++) {
        max = logits[row + c] > max ? logits[row + c] : max;
      }
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        delta[row + c] = StrictMath.exp(logits[row + c] - max);
        sum = sum + delta[row + c];
      }
      for (int c = 0; c < classes; c++) {
        double target = c == labels[i] ? 1 : 0;
        delta[row + c] = (delta[row + c] / sum - target) * scale;
      }
      rowLoss[i] = StrictMath.log(sum) - (logits[row + labels[i]] - max);
    }
  }

  private static void squaredError(
      int rows, int classes, double[] outputs, int[] labels, double[] rowLoss, double[] delta) {
    double scale = 1.0 / rows;
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        double target = c == labels[i] ? 1 : 0;
        double distance = outputs[i * classes + c] - target;
        sum = Math.fma(distance, distance, sum);
        delta[i * classes + c] = distance * scale;
      }
      rowLoss[i] = sum / 2;
    }
  }

  @Override
  public Runnable columnSums(int rows, int columns, double[] delta, double[] sums) {
    return () -> sumColumns(rows, columns, delta, sums);
  }

  private static void sumColumns(int rows, int columns, double[] delta, double[] sums) {
    for (int j = 0; j < columns; j++) {
      double sum = 0;
      for (int i = 0; i < rows; i++) {
        sum = sum + delta[i * columns + j];
      }
      sums[j] = sum;
    }
  }

  @Override
  public Runnable columnProducts(int rows, int columns, double[] a, double[] b, double[] sums) {
    return () -> {
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int i = j; i < rows * columns; i += columns) {
          sum = Math.fma(a[i], b[i], sum);
        }
        sums[j] = sum;
      }
    };
  }

  @Override
  public Runnable elementwise(
      Formula formula,
      int rows,
      int columns,
      Strided<double[]> a,
      Strided<double[]> b,
      Strided<double[]> c,
      double[] result) {
    return () -> {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          result[i * columns + j] =
              formula.apply(
                  a.array()[i * a.stride() + j],
                  b.array()[i * b.stride() + j],
                  c.array()[i * c.stride() + j]);
        }
      }
    };
  }

  @Override
  public Runnable update(
      Update update,
      StepNumbers numbers,
      int length,
      double[] w,
      double[] gradient,
      List<double[]> moments) {
    return () -> updateAll(update, numbers, length, w, gradient, moments);
  }

  private static void updateAll(
      Update update,
      StepNumbers numbers,
      int length,
      double[] weights,
      double[] gradient,
      List<double[]> moments) {
    float rate = numbers.rate(update);
    float correction = numbers.correction(update);
    float decay = update.decay();
    for (int i = 0; i < length; i++) {
      double w = weights[i];
      double g = gradient[i];
      if (decay != 0) {
        g = Math.fma(decay, w, g);
      }
      double direction =
          switch (update.rule()) {
            case Rule.Sgd() -> g;
            case Rule.Momentum(float factor) -> {
              double[] v = moments.getFirst();
              v[i] = Math.fma(factor, v[i], g);
              yield v[i];
            }
            case Rule.Nesterov(float factor) -> {
              double[] v = moments.getFirst();
              v[i] = Math.fma(factor, v[i], g);
              yield Math.fma(factor, v[i], g);
            }
            case Rule.Adam(float first, float second, float epsilon) -> {
              double[] m = moments.getFirst();
              double[] v = moments.getLast();
              m[i] = Math.fma(first, m[i], Update.rest(first) * g);
              v[i] = Math.fma(second, v[i], Update.rest(second) * (g * g));
              yield m[i] / (Math.sqrt(v[i] * correction) + epsilon);
            }
          };
      weights[i] = Math.fma(-rate, direction, w);
    }
  }
}
