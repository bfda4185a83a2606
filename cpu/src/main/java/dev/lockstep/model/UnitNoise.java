package dev.lockstep.model;

import dev.lockstep.input.InputException;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;

/**
 * Gaussian noise on hidden units during training. Each step adds a normal draw to the bias of each
 * hidden unit, the same for all rows of the batch. The draws depend only on the seed, so equal
 * trainings have equal bits. Evaluation has no noise.
 *
 * @param deviation standard deviation, from 0 to 1,000,000; 0 means no noise
 * @param seed the seed of the draws
 */
public record UnitNoise(double deviation, long seed) {

  /** The largest accepted deviation. No draw exceeds 9e6, which is finite in binary32. */
  private static final double MOST_DEVIATION = 1e6;

  /**
   * Checks the deviation.
   *
   * @throws InputException if it is negative, NaN or above 1,000,000
   */
  public UnitNoise {
    deviation = requireDeviation("scenario", deviation);
  }

  /** Returns noise of deviation 0. */
  public static UnitNoise none() {
    return new UnitNoise(0, 0);
  }

  /** Returns whether the deviation is 0. */
  public boolean isNone() {
    return deviation == 0;
  }

  /**
   * Returns the noise of a step for each unit of a hidden layer. Unit j gets draw number {@code
   * step * out + j} of the layer times the deviation, rounded once to binary32.
   *
   * @param step the step, from 0
   * @param layer the hidden layer, from 0
   * @param out number of units of the layer
   */
  public float[] draw(long step, int layer, int out) {
    float[] noise = new float[out];
    draw(step, layer, noise);
    return noise;
  }

  /** Draws the noise of a step for a hidden layer of {@code noise.length} units into an array. */
  public void draw(long step, int layer, float[] noise) {
    for (int j = 0; j < noise.length; j++) {
      long index = step * noise.length + j;
      noise[j] = (float) (deviation * Philox.normal(seed, Stream.UNIT_NOISE, layer, index));
    }
  }

  /**
   * Parses a deviation.
   *
   * @param source the file or flag it came from
   * @throws InputException naming the source and the value
   */
  public static double parseDeviation(String source, String text) {
    try {
      double deviation = Double.parseDouble(text.strip());
      if (isDeviation(deviation)) {
        return requireDeviation(source, deviation);
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new InputException(source, "noise", text, "expected a number from 0 to 1000000");
  }

  private static boolean isDeviation(double number) {
    return number >= 0 && number <= MOST_DEVIATION;
  }

  /**
   * Returns a valid deviation unchanged, except that -0 becomes +0.
   *
   * @throws InputException if it is negative, NaN or above 1,000,000
   */
  public static double requireDeviation(String source, double deviation) {
    if (!isDeviation(deviation)) {
      throw new InputException(source, "noise", deviation, "expected a number from 0 to 1000000");
    }
    return deviation + 0.0;
  }
}
