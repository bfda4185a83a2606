package dev.lockstep.agreement;

import static dev.lockstep.backend.OperandRounding.U;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;
import java.util.Arrays;

/**
 * Computes the softmax cross-entropy of one row without rounding, and bounds the error of the
 * binary32 result for logits with errors.
 *
 * <p>Errors of logits may be large in deep networks with rounded operands. Two facts limit their
 * effect: a probability lies between 0 and 1, and the logarithm of the sum, whose largest term is
 * 1, lies between 0 and the logarithm of the number of classes.
 */
final class SoftmaxBound {

  private SoftmaxBound() {}

  /**
   * Fills in the loss and the gradient of a row.
   *
   * @param logits the logits of all rows, rows x classes
   * @param rowLoss receives log(sum exp(z - max)) - (z_label - max), rows x 1; its bound holds for
   *     any label
   * @param delta receives (softmax - onehot) / rows, rows x classes
   * @param subnormals how subnormal numbers are treated
   */
  static void fill(
      int row, Bounded logits, int label, Bounded rowLoss, Bounded delta, Subnormals subnormals) {
    double underflow = subnormals.ofResult();
    int classes = logits.columns();
    int first = row * classes;
    double[] z = Arrays.copyOfRange(logits.values(), first, first + classes);
    double[] zErrors = Arrays.copyOfRange(logits.errors(), first, first + classes);
    double scale = 1.0 / logits.rows();
    double max = Double.NEGATIVE_INFINITY;
    double maxError = 0;
    for (int c = 0; c < classes; c++) {
      max = Math.max(max, z[c]);
      maxError = Math.max(maxError, zErrors[c]);
    }
    double sum = 0;
    double sumError = 0;
    double[] relative = new double[classes];
    double[] dErrors = new double[classes];
    for (int c = 0; c < classes; c++) {
      double d = z[c] - max;
      double dError = zErrors[c] + maxError;
      dError += U * (Math.abs(d) + dError) + underflow;
      relative[c] = Math.expm1(dError) * (1 + 4 * U) + ElementBound.ELEMENTARY;
      dErrors[c] = dError;
      sum += Math.exp(d);
      sumError += Math.exp(d) * relative[c] + underflow;
    }
    double gamma = OperandRounding.NONE.ofSum(classes);
    double sumRelative = sumError / sum + gamma * (1 + sumError / sum);
    double logError =
        Math.min(
            sumRelative < 1 ? -Math.log1p(-sumRelative) : Double.POSITIVE_INFINITY,
            Math.log(classes) + gamma);
    double log = Math.log(sum);
    double computedLogError = logError + ElementBound.ELEMENTARY * (log + logError) + underflow;
    for (int c = 0; c < classes; c++) {
      double p = Math.exp(z[c] - max) / sum;
      double ofQuotient =
          sumRelative < 1
              ? (1 + relative[c]) * (1 + U) / (1 - sumRelative) - 1
              : Double.POSITIVE_INFINITY;
      // A library may also compute exp((z - max) - log(sum)).
      double exponent = Math.abs(z[c] - max) + log;
      double ofExponent = dErrors[c] + computedLogError;
      ofExponent += U * (exponent + ofExponent);
      double ofPower =
          Math.expm1(ofExponent) * (1 + ElementBound.ELEMENTARY) + ElementBound.ELEMENTARY;
      double ofEither = Math.max(ofQuotient, ofPower);
      // Nothing times infinity is no number.
      double pError = ofEither < Double.POSITIVE_INFINITY ? p * ofEither + 2 * underflow : ofEither;
      pError = Math.min(pError, 1 + 4 * U);
      double signed = p - (c == label ? 1 : 0);
      double distance = Math.abs(signed);
      double difference = pError + U * (distance + pError) + underflow;
      delta.values()[first + c] = signed / logits.rows();
      delta.errors()[first + c] =
          (difference * (1 + 3 * U) + distance * 2.1 * U) * scale + 2 * underflow;
    }
    double range = range(z);
    double spread = 2 * maxError * (1 + U) + U * 2 * range;
    rowLoss.values()[row] = log - (z[label] - max);
    rowLoss.errors()[row] =
        computedLogError + spread + U * (log + range + logError + spread) + 4 * underflow;
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
