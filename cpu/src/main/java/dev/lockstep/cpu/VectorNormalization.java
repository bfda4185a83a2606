package dev.lockstep.cpu;

import dev.lockstep.model.Layer;
import jdk.incubator.vector.FloatVector;

/**
 * Batch normalization on vectors, for the columns {@code from} to {@code to - 1} of row-major
 * matrices. Lanes compute different columns. Plain Java computes the last columns, which do not
 * fill a vector.
 */
final class VectorNormalization {
  private static final float EPSILON = Layer.Normalize.EPSILON;
  private static final float SHARE = Layer.Normalize.SHARE;

  private VectorNormalization() {}

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(Lanes.SPECIES, array, at);
  }

  /** Returns 1 / sqrt(variance + epsilon). */
  private static FloatVector inverse(FloatVector variance) {
    return FloatVector.broadcast(Lanes.SPECIES, 1f).div(variance.add(EPSILON).sqrt());
  }

  private static float inverse(float variance) {
    return 1 / (float) Math.sqrt(variance + EPSILON);
  }

  static void statistics(
      int rows, int columns, float[] x, float[] mean, float[] variance, int from, int to) {
    int j = from;
    for (; j <= to - Lanes.COUNT; j += Lanes.COUNT) {
      FloatVector sum = FloatVector.zero(Lanes.SPECIES);
      for (int i = 0; i < rows; i++) {
        sum = sum.add(load(x, i * columns + j));
      }
      FloatVector middle = sum.div(rows);
      FloatVector squares = FloatVector.zero(Lanes.SPECIES);
      for (int i = 0; i < rows; i++) {
        FloatVector distance = load(x, i * columns + j).sub(middle);
        squares = distance.fma(distance, squares);
      }
      middle.intoArray(mean, j);
      squares.div(rows).intoArray(variance, j);
    }
    for (; j < to; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum = sum + x[i * columns + j];
      }
      float middle = sum / rows;
      float squares = 0;
      for (int i = 0; i < rows; i++) {
        float distance = x[i * columns + j] - middle;
        squares = Math.fma(distance, distance, squares);
      }
      mean[j] = middle;
      variance[j] = squares / rows;
    }
  }

  static void normalize(
      int rows,
      int columns,
      float[] x,
      float[] mean,
      float[] variance,
      float[] gain,
      float[] normal,
      float[] scaled,
      int from,
      int to) {
    int j = from;
    for (; j <= to - Lanes.COUNT; j += Lanes.COUNT) {
      FloatVector middle = load(mean, j);
      FloatVector inverse = inverse(load(variance, j));
      FloatVector factor = load(gain, j);
      for (int i = 0; i < rows; i++) {
        FloatVector n = load(x, i * columns + j).sub(middle).mul(inverse);
        n.intoArray(normal, i * columns + j);
        factor.mul(n).intoArray(scaled, i * columns + j);
      }
    }
    for (; j < to; j++) {
      float inverse = inverse(variance[j]);
      for (int i = 0; i < rows; i++) {
        float n = (x[i * columns + j] - mean[j]) * inverse;
        normal[i * columns + j] = n;
        scaled[i * columns + j] = gain[j] * n;
      }
    }
  }

  static void derivative(
      int rows,
      int columns,
      float[] delta,
      float[] normal,
      float[] variance,
      float[] gain,
      float[] sums,
      float[] gainGradient,
      float[] gradient,
      int from,
      int to) {
    int j = from;
    for (; j <= to - Lanes.COUNT; j += Lanes.COUNT) {
      FloatVector ofGain = FloatVector.zero(Lanes.SPECIES);
      for (int i = 0; i < rows; i++) {
        ofGain = load(delta, i * columns + j).fma(load(normal, i * columns + j), ofGain);
      }
      ofGain.intoArray(gainGradient, j);
      FloatVector factor = load(gain, j).mul(inverse(load(variance, j)));
      FloatVector sum = load(sums, j);
      for (int i = 0; i < rows; i++) {
        int at = i * columns + j;
        FloatVector shared = load(normal, at).fma(ofGain, sum).div(rows);
        factor.mul(load(delta, at).sub(shared)).intoArray(gradient, at);
      }
    }
    for (; j < to; j++) {
      float ofGain = 0;
      for (int i = 0; i < rows; i++) {
        ofGain = Math.fma(delta[i * columns + j], normal[i * columns + j], ofGain);
      }
      gainGradient[j] = ofGain;
      float factor = gain[j] * inverse(variance[j]);
      for (int i = 0; i < rows; i++) {
        int at = i * columns + j;
        gradient[at] = factor * (delta[at] - Math.fma(normal[at], ofGain, sums[j]) / rows);
      }
    }
  }

  static void running(
      int rows,
      int columns,
      float[] mean,
      float[] variance,
      float[] runningMean,
      float[] runningVariance) {
    float unbiased = Layer.Normalize.unbiased(rows);
    for (int j = 0; j < columns; j++) {
      float spread = variance[j] * unbiased;
      runningMean[j] = Math.fma(SHARE, mean[j] - runningMean[j], runningMean[j]);
      runningVariance[j] = Math.fma(SHARE, spread - runningVariance[j], runningVariance[j]);
    }
  }
}
