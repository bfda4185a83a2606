package dev.lockstep.model;

import dev.lockstep.input.InputException;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;

/**
 * Noise on hidden units while they are trained: in each step a normal number is added to the bias
 * of each, the same for all rows of the batch. It is drawn from the seed, so that equal trainings
 * have equal bits; evaluation has none of it.
 *
 * @param deviation standard deviation, at least 0; 0 is no noise at all
 * @param seed of the draws
 */
public record UnitNoise(double deviation, long seed) {

  /**
   * Far more than any network trains under; nine times it, which no draw exceeds, is still finite
   * in binary32.
   */
  private static final double MOST_DEVIATION = 1e6;

  /**
   * Checks the deviation.
   *
   * @throws InputException if it is negative, no number or above a million
   */
  public UnitNoise {
    deviation = requireDeviation("scenario", deviation);
  }

  /** None. */
  public static UnitNoise none() {
    return new UnitNoise(0, 0);
  }

  /** Whether there is none. */
  public boolean isNone() {
    return deviation == 0;
  }

  /**
   * What a step adds to the biases of a hidden layer: draw number {@code step * out + j} of the
   * layer times the deviation, rounded once to binary32.
   *
   * @param step from 0
   * @param layer a hidden one, from 0
   * @param out units of the layer
   */
  public float[] draw(long step, int layer, int out) {
    float[] noise = new float[out];
    draw(step, layer, noise);
    return noise;
  }

  /** The same of a layer of {@code noise.length} units, into this array. */
  public void draw(long step, int layer, float[] noise) {
    for (int j = 0; j < noise.length; j++) {
      long index = step * noise.length + j;
      noise[j] = (float) (deviation * Philox.normal(seed, Stream.UNIT_NOISE, layer, index));
    }
  }

  /**
   * Reads a deviation.
   *
   * @param source the file or flag it came from
   * @throws InputException naming the source and the value
   */
  public static double parseDeviation(String source, String text) {
    try {
      return requireDeviation(source, Double.parseDouble(text.strip()));
    } catch (NumberFormatException e) {
      throw new InputException(source, "noise", text, "expected a number from 0 to 1000000");
    }
  }

  /**
   * A deviation as it is, but for -0, which becomes +0.
   *
   * @throws InputException if it is negative, no number or above a million
   */
  public static double requireDeviation(String source, double deviation) {
    if (!(deviation >= 0 && deviation <= MOST_DEVIATION)) {
      throw new InputException(source, "noise", deviation, "expected a number from 0 to 1000000");
    }
    return deviation + 0.0;
  }
}
