package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.matrix.FloatMatrix;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** Sound products in binary32, in orders of addition that libraries use. */
final class SimulatedProduct {
  /** An order of addition. */
  enum Order {
    CHAIN,
    DESCENDING_CHAIN,
    MULTIPLY_THEN_ADD,
    PAIRWISE,
    BLOCKED_16,
    LANES_16
  }

  private SimulatedProduct() {}

  /** Returns a matrix of independent draws. */
  static FloatMatrix random(int rows, int columns, DoubleSupplier draw) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] = (float) draw.getAsDouble();
    }
    return matrix;
  }

  static FloatMatrix normal(int rows, int columns, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random(rows, columns, random::nextGaussian);
  }

  /** Returns A B in an order of addition, from rounded operands. */
  static FloatMatrix of(FloatMatrix a, FloatMatrix b, Order order, OperandRounding rounding) {
    int n = b.columns();
    int k = a.columns();
    FloatMatrix c = new FloatMatrix(a.rows(), n);
    float[][] columns = new float[n][k];
    for (int t = 0; t < k; t++) {
      for (int j = 0; j < n; j++) {
        columns[j][t] = rounded(b.data()[t * n + j], rounding);
      }
    }
    float[] row = new float[k];
    for (int i = 0; i < a.rows(); i++) {
      for (int t = 0; t < k; t++) {
        row[t] = rounded(a.data()[i * k + t], rounding);
      }
      for (int j = 0; j < n; j++) {
        c.data()[i * n + j] = dot(row, columns[j], order);
      }
    }
    return c;
  }

  /** Rounds an operand to nearest, ties away from zero. */
  static float rounded(float x, OperandRounding rounding) {
    return switch (rounding) {
      case NONE, BINARY64 -> x;
      case TF32 -> Float.intBitsToFloat(Float.floatToRawIntBits(x) + 0x1000 & ~0x1FFF);
      case BFLOAT16 -> Float.intBitsToFloat(Float.floatToRawIntBits(x) + 0x8000 & ~0xFFFF);
    };
  }

  private static float dot(float[] a, float[] b, Order order) {
    int k = a.length;
    return switch (order) {
      case CHAIN -> chain(a, b, 0, k, 1);
      case DESCENDING_CHAIN -> {
        float sum = 0;
        for (int t = k - 1; t >= 0; t--) {
          sum = Math.fma(a[t], b[t], sum);
        }
        yield sum;
      }
      case MULTIPLY_THEN_ADD -> {
        float sum = 0;
        for (int t = 0; t < k; t++) {
          sum += a[t] * b[t];
        }
        yield sum;
      }
      case PAIRWISE -> pairwise(a, b, 0, k);
      case BLOCKED_16 -> {
        float sum = 0;
        for (int t = 0; t < k; t += 16) {
          sum += chain(a, b, t, Math.min(k, t + 16), 1);
        }
        yield sum;
      }
      case LANES_16 -> {
        float sum = 0;
        for (int lane = 0; lane < Math.min(16, k); lane++) {
          sum += chain(a, b, lane, k, 16);
        }
        yield sum;
      }
    };
  }

  private static float chain(float[] a, float[] b, int from, int to, int step) {
    float sum = 0;
    for (int t = from; t < to; t += step) {
      sum = Math.fma(a[t], b[t], sum);
    }
    return sum;
  }

  private static float pairwise(float[] a, float[] b, int from, int to) {
    if (to - from == 1) {
      return a[from] * b[from];
    }
    int middle = (from + to + 1) / 2;
    return pairwise(a, b, from, middle) + pairwise(a, b, middle, to);
  }
}
