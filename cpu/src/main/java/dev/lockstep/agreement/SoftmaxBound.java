package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;

/**
 * How far the softmax cross-entropy of one row in binary32 may be from the one without rounding,
 * when the logits carry errors: see {@link StepBound}.
 *
 * <p>However large the error that comes in, a probability stays between 0 and 1 and the logarithm
 * of the sum, of which the largest term is 1, between 0 and that of the number of classes: what
 * rounded operands of a deep network may need.
 *
 * @param delta of (softmax - onehot) / rows, one a class
 * @param loss of log(sum exp(z - max)) - (z_label - max), whatever the label
 */
record SoftmaxBound(double[] delta, double loss) {

  private static final double U = 0x1p-24;

  /**
   * Of a row.
   *
   * @param z logits, one a class
   * @param zErrors how far each may be off
   * @param delta (softmax - onehot) / rows without rounding
   * @param rows of the batch
   * @param subnormals what becomes of them
   */
  static SoftmaxBound of(
      double[] z, double[] zErrors, double[] delta, int rows, Subnormals subnormals) {
    double underflow = subnormals.ofResult();
    int classes = z.length;
    double scale = 1.0 / rows;
    double max = Double.NEGATIVE_INFINITY;
    double maxError = 0;
    for (int c = 0; c < classes; c++) {
      max = Math.max(max, z[c]);
      maxError = Math.max(maxError, zErrors[c]);
    }
    double sum = 0;
    double sumError = 0;
    double[] relative = new double[classes];
    for (int c = 0; c < classes; c++) {
      double d = z[c] - max;
      double dError = zErrors[c] + maxError;
      dError += U * (Math.abs(d) + dError) + underflow;
      relative[c] = Math.expm1(dError) * (1 + 4 * U) + ElementBound.ELEMENTARY;
      sum += Math.exp(d);
      sumError += Math.exp(d) * relative[c] + underflow;
    }
    double gamma = OperandRounding.NONE.ofSum(classes);
    double sumRelative = sumError / sum + gamma * (1 + sumError / sum);
    double[] deltaErrors = new double[classes];
    for (int c = 0; c < classes; c++) {
      double p = Math.exp(z[c] - max) / sum;
      double pError =
          sumRelative < 1
              ? p * ((1 + relative[c]) * (1 + U) / (1 - sumRelative) - 1) + 2 * underflow
              : Double.POSITIVE_INFINITY;
      pError = Math.min(pError, 1 + 4 * U);
      double distance = Math.abs(delta[c]) / scale;
      double difference = pError + U * (distance + pError) + underflow;
      deltaErrors[c] = (difference * (1 + 3 * U) + distance * 2.1 * U) * scale + 2 * underflow;
    }
    double logError =
        Math.min(
            sumRelative < 1 ? -Math.log1p(-sumRelative) : Double.POSITIVE_INFINITY,
            Math.log(classes) + gamma);
    double log = Math.log(sum);
    double range = range(z);
    double spread = 2 * maxError * (1 + U) + U * 2 * range;
    double loss =
        logError
            + ElementBound.ELEMENTARY * (log + logError)
            + spread
            + U * (log + range + logError + spread)
            + 4 * underflow;
    return new SoftmaxBound(deltaErrors, loss);
  }

  private static double range(double[] z) {
    double least = z[0];
    double most = z[0];
    for (double value : z) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return most - least;
  }
}
