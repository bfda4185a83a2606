package dev.lockstep.cpu;

import dev.lockstep.model.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Activations and their derivatives on vectors, in canonical arithmetic.
 *
 * <p>Plain Java computes the last elements, which do not fill a vector. Masks would put each
 * operation into the loop twice, and HotSpot limits how much it inlines into one method.
 */
final class VectorActivation {

  /** The number of elements of scratch memory that a derivative needs. */
  static final int SCRATCH = VectorElementary.PASS;

  private VectorActivation() {}

  /**
   * Computes z = z + bias and a = f(z) on one row.
   *
   * @param row index of the row's first element in z and in a
   * @param a another array, or z itself unless the activation keeps its input
   */
  static void row(Activation activation, float[] z, int row, float[] bias, int columns, float[] a) {
    if (z == a || activation.keepsInput()) {
      inPlace(activation, z, row, bias, columns, a);
    } else {
      System.arraycopy(z, row, a, row, columns);
      inPlace(activation, a, row, bias, columns, a);
      addBias(z, row, bias, columns);
    }
  }

  /**
   * Replaces z by f(z + bias) on one row. If the activation keeps its input, z becomes z + bias
   * instead, and f of that goes into a.
   *
   * @param a z itself or, if the activation keeps its input, another array
   */
  private static void inPlace(
      Activation activation, float[] z, int row, float[] bias, int columns, float[] a) {
    switch (activation) {
      case IDENTITY, RELU, LEAKY_RELU -> ofSums(activation, z, row, bias, columns);
      case TANH -> VectorElementary.tanh(z, row, bias, 0, columns);
      case SIGMOID -> VectorElementary.sigmoid(z, row, bias, 0, columns);
      case GELU -> {
        addBias(z, row, bias, columns);
        VectorElementary.gelu(z, row, columns, a);
      }
    }
  }

  private static void addBias(float[] z, int row, float[] bias, int columns) {
    ofSums(Activation.IDENTITY, z, row, bias, columns);
  }

  /** Computes a piecewise linear activation of z + bias, in place, as f(z) = z f'(z). */
  private static void ofSums(Activation activation, float[] z, int row, float[] bias, int columns) {
    int j = 0;
    for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
      FloatVector x =
          FloatVector.fromArray(Lanes.SPECIES, z, row + j)
              .add(FloatVector.fromArray(Lanes.SPECIES, bias, j));
      derivative(activation, x, x, z, row + j);
    }
    for (; j < columns; j++) {
      z[row + j] = ScalarActivation.value(activation, z[row + j] + bias[j]);
    }
  }

  /**
   * Multiplies the elements {@code from} to {@code to - 1} of upstream by f'(z), in place.
   *
   * @param kept z if the activation keeps its input, else a
   * @param scratch {@link #SCRATCH} elements that no other thread uses
   */
  static void derivative(
      Activation activation, float[] upstream, float[] kept, int from, int to, float[] scratch) {
    switch (activation) {
      case IDENTITY -> {}
      case GELU -> VectorElementary.geluDerivative(upstream, kept, from, to, scratch);
      case RELU, LEAKY_RELU, TANH, SIGMOID -> fromOutputs(activation, upstream, kept, from, to);
    }
  }

  /** Computes the derivative of an activation whose slope follows from its outputs. */
  private static void fromOutputs(
      Activation activation, float[] upstream, float[] kept, int from, int to) {
    int i = from;
    for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector up = FloatVector.fromArray(Lanes.SPECIES, upstream, i);
      FloatVector a = FloatVector.fromArray(Lanes.SPECIES, kept, i);
      derivative(activation, up, a, upstream, i);
    }
    for (; i < to; i++) {
      upstream[i] = ScalarActivation.derivative(activation, upstream[i], kept[i]);
    }
  }

  /**
   * Computes up * f'(z) in every lane, from a = f(z). Each case stores its own result, because
   * HotSpot would allocate an object for a vector that comes from several cases.
   */
  private static void derivative(
      Activation activation, FloatVector up, FloatVector a, float[] to, int at) {
    switch (activation) {
      case IDENTITY -> up.intoArray(to, at);
      case RELU -> up.blend(0f, a.compare(VectorOperators.LE, 0f)).intoArray(to, at);
      case LEAKY_RELU ->
          up.mul(Activation.LEAKY_SLOPE)
              .blend(up, a.compare(VectorOperators.GT, 0f))
              .intoArray(to, at);
      case TANH ->
          up.mul(a.neg().fma(a, FloatVector.broadcast(Lanes.SPECIES, 1f))).intoArray(to, at);
      case SIGMOID ->
          up.mul(a.mul(FloatVector.broadcast(Lanes.SPECIES, 1f).sub(a))).intoArray(to, at);
      case GELU -> throw new IllegalArgumentException("a does not tell the slope of " + activation);
    }
  }
}
