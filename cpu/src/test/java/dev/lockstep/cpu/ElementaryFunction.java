package dev.lockstep.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The functions under test: scalar and SIMD form, the reference, the error that the Javadoc
 * promises, and the arguments next to which something changes. A further function is a further
 * constant here.
 *
 * <p>The reference is StrictMath in binary64, itself within 1 ulp for exp and log and 2.5 ulp for
 * tanh; a sum and a quotient more for the sigmoid. An ulp of binary64 is at most 2^-29 of one of
 * binary32, so a measured error is off by less than 5e-9: bounds given to four digits and rounded
 * up hold regardless.
 */
enum ElementaryFunction {
  EXP(0.8914) {
    @Override
    float scalar(float x) {
      return Elementary.exp(x);
    }

    @Override
    void simd(float[] from, int offset, float[] to) {
      for (int i = 0; i < to.length; i += LANES) {
        VectorElementary.exp(FloatVector.fromArray(Lanes.SPECIES, from, offset + i))
            .intoArray(to, i);
      }
    }

    @Override
    float[] boundaries() {
      return new float[] {89f, 88.72284f, 0f, -87.33655f, -103.27893f, -103.97208f, -104f};
    }

    @Override
    double reference(double x) {
      return StrictMath.exp(x);
    }
  },

  LOG(0.9339) {
    @Override
    float scalar(float x) {
      return Elementary.log(x);
    }

    /** There is no SIMD form. */
    @Override
    void simd(float[] from, int offset, float[] to) {
      for (int i = 0; i < to.length; i++) {
        to[i] = scalar(from[offset + i]);
      }
    }

    @Override
    float[] boundaries() {
      return new float[] {Float.MIN_VALUE, Float.MIN_NORMAL, 2f / 3f, 1f, 4f / 3f, Float.MAX_VALUE};
    }

    @Override
    double reference(double x) {
      return StrictMath.log(x);
    }
  },

  TANH(0.7402) {
    @Override
    float scalar(float x) {
      return Elementary.tanh(x);
    }

    @Override
    void simd(float[] from, int offset, float[] to) {
      System.arraycopy(from, offset, to, 0, to.length);
      VectorElementary.tanh(to, 0, neutral(to.length), 0, to.length);
    }

    @Override
    float[] boundaries() {
      return new float[] {Float.MIN_NORMAL, 2e-4f, 0.51986f, 0.5625f, 0.86643f, 9.01091f, 10f};
    }

    @Override
    double reference(double x) {
      return StrictMath.tanh(x);
    }
  },

  SIGMOID(1.4798) {
    @Override
    float scalar(float x) {
      return Elementary.sigmoid(x);
    }

    @Override
    void simd(float[] from, int offset, float[] to) {
      System.arraycopy(from, offset, to, 0, to.length);
      VectorElementary.sigmoid(to, 0, neutral(to.length), 0, to.length);
    }

    @Override
    float[] boundaries() {
      return new float[] {
        Float.MIN_NORMAL, 0.34657f, 1f, 16.6355f, 17.3287f, 87.33655f, 103.97208f
      };
    }

    @Override
    double reference(double x) {
      return 1 / (1 + StrictMath.exp(-x));
    }
  };

  static final int LANES = Lanes.SPECIES.length();

  private final double bound;

  ElementaryFunction(double bound) {
    this.bound = bound;
  }

  /** Biases that change nothing: x + -0 is x, also where x is a zero of either sign. */
  private static float[] neutral(int length) {
    float[] bias = new float[length];
    Arrays.fill(bias, -0f);
    return bias;
  }

  abstract float scalar(float x);

  /**
   * Fills {@code to}, a multiple of the lanes long, from {@code from} starting at {@code offset}.
   */
  abstract void simd(float[] from, int offset, float[] to);

  /** Arguments next to which the result changes its kind or its course. */
  abstract float[] boundaries();

  abstract double reference(double x);

  /** The promised error in ulp. */
  double bound() {
    return bound;
  }
}
