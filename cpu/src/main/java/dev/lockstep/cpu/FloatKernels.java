package dev.lockstep.cpu;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.Formula;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.List;

/** Canonical arithmetic in binary32, in plain loops on one thread. */
final class FloatKernels implements HostKernels<float[]> {

  @Override
  public float[] allocate(int length) {
    return new float[length];
  }

  @Override
  public void copy(Matrix matrix, float[] target) {
    for (int i = 0; i < matrix.size(); i++) {
      target[i] = (float) matrix.value(i);
    }
  }

  @Override
  public Matrix matrix(int rows, int columns, float[] data) {
    return new FloatMatrix(rows, columns, Arrays.copyOf(data, rows * columns));
  }

  @Override
  public double at(float[] data, int index) {
    return data[index];
  }

  @Override
  public Runnable copy(float[] from, float[] to, int length) {
    return () -> System.arraycopy(from, 0, to, 0, length);
  }

  @Override
  public Runnable gather(float[] features, int columns, int[] rowNumbers, float[] x) {
    return () -> {
      for (int i = 0; i < rowNumbers.length; i++) {
        for (int j = 0; j < columns; j++) {
          x[i * columns + j] = features[rowNumbers[i] * columns + j];
        }
      }
    };
  }

  @Override
  public Runnable product(ProductShape shape, float[] a, float[] b, float[] c) {
    if (shape.form() != ProductForm.ABT) {
      return () -> multiply(shape, a, b, c);
    }
    float[] right = new float[Math.toIntExact(shape.sizeOfB())];
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
  private static void multiply(ProductShape shape, float[] a, float[] right, float[] c) {
    int m = shape.m();
    int n = shape.n();
    int k = shape.k();
    for (int i = 0; i < m; i++) {
      Arrays.fill(c, i * n, i * n + n, +0);
      for (int p = 0; p < k; p++) {
        float left = shape.form() == ProductForm.ATB ? a[p * m + i] : a[i * k + p];
        addScaledRow(left, right, p * n, c, i * n, n);
      }
    }
  }

  private static void addScaledRow(float left, float[] b, int from, float[] c, int to, int n) {
    for (int j = 0; j < n; j++) {
      c[to + j] = Math.fma(left, b[from + j], c[to + j]);
    }
  }

  /** Transposes an n x k matrix into a k x n one. */
  private static void transpose(int n, int k, float[] b, float[] transposed) {
    for (int j = 0; j < n; j++) {
      for (int p = 0; p < k; p++) {
        transposed[p * n + j] = b[j * k + p];
      }
    }
  }

  @Override
  public Runnable shift(float[] bias, float[] noise, float[] shifted) {
    return () -> {
      for (int j = 0; j < noise.length; j++) {
        shifted[j] = bias[j] + noise[j];
      }
    };
  }

  @Override
  public Runnable activate(
      Activation activation, int rows, int columns, float[] z, float[] bias, float[] a) {
    return () -> activateAll(activation, rows, columns, z, bias, a);
  }

  private static void activateAll(
      Activation activation, int rows, int columns, float[] z, float[] bias, float[] a) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        float sum = z[i * columns + j] + bias[j];
        z[i * columns + j] = sum;
        a[i * columns + j] = ScalarActivation.value(activation, sum);
      }
    }
  }

  @Override
  public Runnable derivative(Activation activation, int length, float[] upstream, float[] kept) {
    return () -> {
      for (int i = 0; i < length; i++) {
        upstream[i] = ScalarActivation.derivative(activation, upstream[i], kept[i]);
      }
    };
  }

  @Override
  public Runnable loss(
      Loss loss,
      int rows,
      int classes,
      float[] outputs,
      int[] labels,
      float[] rowLoss,
      float[] delta) {
    return switch (loss) {
      case CROSS_ENTROPY -> () -> crossEntropy(rows, classes, outputs, labels, rowLoss, delta);
      case SQUARED_ERROR -> () -> squaredError(rows, classes, outputs, labels, rowLoss, delta);
    };
  }

  private static void crossEntropy(
      int rows, int classes, float[] logits, int[] labels, float[] rowLoss, float[] delta) {
    float scale = 1 / (float) rows;
    for (int i = 0; i < rows; i++) {
      int row = i * classes;
      float max = logits[row];
      for (int c = 1; c < classes; c++) {
        max = logits[row + c] > max ? logits[row + c] : max;
      }
      float sum = 0;
      for (int c = 0; c < classes; c++) {
        delta[row + c] = Elementary.exp(logits[row + c] - max);
        sum = sum + delta[row + c];
      }
      for (int c = 0; c < classes; c++) {
        float target = c == labels[i] ? 1 : 0;
        delta[row + c] = (delta[row + c] / sum - target) * scale;
      }
      rowLoss[i] = Elementary.log(sum) - (logits[row + labels[i]] - max);
    }
  }

  private static void squaredError(
      int rows, int classes, float[] outputs, int[] labels, float[] rowLoss, float[] delta) {
    float scale = 1 / (float) rows;
    for (int i = 0; i < rows; i++) {
      float sum = 0;
      for (int c = 0; c < classes; c++) {
        float target = c == labels[i] ? 1 : 0;
        float distance = outputs[i * classes + c] - target;
        sum = Math.fma(distance, distance, sum);
        delta[i * classes + c] = distance * scale;
      }
      rowLoss[i] = sum / 2;
    }
  }

  @Override
  public Runnable columnSums(int rows, int columns, float[] delta, float[] sums) {
    return () -> sumColumns(rows, columns, delta, sums);
  }

  private static void sumColumns(int rows, int columns, float[] delta, float[] sums) {
    for (int j = 0; j < columns; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum = sum + delta[i * columns + j];
      }
      sums[j] = sum;
    }
  }

  @Override
  public Runnable columnProducts(int rows, int columns, float[] a, float[] b, float[] sums) {
    return () -> {
      for (int j = 0; j < columns; j++) {
        float sum = 0;
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
      Strided<float[]> a,
      Strided<float[]> b,
      Strided<float[]> c,
      float[] result) {
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
      float[] w,
      float[] gradient,
      List<float[]> moments) {
    ScalarUpdate scalar = ScalarUpdate.of(update, numbers, w, moments);
    return () -> scalar.apply(0, length, gradient, 0);
  }
}
