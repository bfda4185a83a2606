package dev.lockstep.symmetry;

/**
 * Measures of how far the units of one layer have diverged. In the formulas u(j) is the vector of
 * unit j's numbers in binary64 and v(j) = u(j) - u(0). Subtracting u(0) first keeps the precision
 * for units that are nearly equal.
 *
 * @param relativeSpread sqrt(mean over j of |v(j) - mean v|^2) / |u(0) + mean v|; 0 in lockstep and
 *     infinite if the mean unit is zero and the units are not
 * @param meanCosine the mean cosine between u(i) and u(j) over all pairs of units that are not
 *     zero; 1 if there are fewer than two such units
 * @param zeroUnits the number of units whose numbers are all zero, which have no direction
 * @param participationRatio (tr C)^2 / tr(C^2) with the covariance C of the v(j), which is the
 *     number of directions over which the units spread, between 1 and min(units - 1, numbers); 0 in
 *     lockstep
 */
public record Divergence(
    double relativeSpread, double meanCosine, int zeroUnits, double participationRatio) {

  /** Measures a layer. Sums run over numbers and units in ascending order. */
  public static Divergence of(UnitSlices slices) {
    double[][] units = units(slices);
    double[][] deviations = deviations(units);
    return new Divergence(
        relativeSpread(deviations),
        meanCosine(units),
        zeroUnits(units),
        participationRatio(deviations));
  }

  /** Measures only the relative spread, which is cheap. */
  public static double relativeSpread(UnitSlices slices) {
    return relativeSpread(deviations(units(slices)));
  }

  private static double[][] units(UnitSlices slices) {
    double[][] units = new double[slices.units()][slices.length()];
    int offset = 0;
    for (UnitSlices.Part part : slices.parts()) {
      for (int i = 0; i < part.length(); i++) {
        for (int j = 0; j < units.length; j++) {
          units[j][offset + i] = part.matrix().value(part.index(j, i));
        }
      }
      offset += part.length();
    }
    return units;
  }

  /** The vectors v(j) - mean v, followed by the mean unit. */
  private static double[][] deviations(double[][] units) {
    int n = units.length;
    int length = units[0].length;
    double[][] deviations = new double[n + 1][length];
    for (int i = 0; i < length; i++) {
      double sum = 0;
      for (double[] unit : units) {
        sum += unit[i] - units[0][i];
      }
      double mean = sum / n;
      for (int j = 0; j < n; j++) {
        deviations[j][i] = units[j][i] - units[0][i] - mean;
      }
      deviations[n][i] = units[0][i] + mean;
    }
    return deviations;
  }

  private static double relativeSpread(double[][] deviations) {
    int n = deviations.length - 1;
    double variance = 0;
    for (int j = 0; j < n; j++) {
      variance += dot(deviations[j], deviations[j]);
    }
    return variance == 0 ? 0 : Math.sqrt(variance / n) / norm(deviations[n]);
  }

  /** |sum of directions|^2 = n + 2 * (sum over pairs of the cosine). */
  private static double meanCosine(double[][] units) {
    double[] sum = new double[units[0].length];
    int directed = 0;
    for (double[] unit : units) {
      double norm = norm(unit);
      if (norm > 0) {
        directed++;
        for (int i = 0; i < sum.length; i++) {
          sum[i] += unit[i] / norm;
        }
      }
    }
    return directed < 2 ? 1 : (dot(sum, sum) - directed) / ((double) directed * (directed - 1));
  }

  private static int zeroUnits(double[][] units) {
    int zero = 0;
    for (double[] unit : units) {
      zero += norm(unit) == 0 ? 1 : 0;
    }
    return zero;
  }

  /** Takes both traces from the Gram matrix of the deviations, which has the spectrum of C. */
  private static double participationRatio(double[][] deviations) {
    int n = deviations.length - 1;
    double trace = 0;
    double squares = 0;
    double[] gramRow = new double[n];
    for (int i = 0; i < n; i++) {
      java.util.Arrays.fill(gramRow, 0);
      for (int j = 0; j <= i; j++) {
        gramRow[j] = dot(deviations[i], deviations[j]);
      }
      trace += gramRow[i];
      for (int j = 0; j < i; j++) {
        squares += 2 * gramRow[j] * gramRow[j];
      }
      squares += gramRow[i] * gramRow[i];
    }
    return squares == 0 ? 0 : trace * trace / squares;
  }

  /**
   * The Euclidean norm, scaled by the largest magnitude so that squares do not over- or underflow.
   */
  private static double norm(double[] x) {
    double largest = 0;
    for (double value : x) {
      largest = Math.max(largest, Math.abs(value));
    }
    if (largest == 0 || !Double.isFinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (double value : x) {
      sum += (value / largest) * (value / largest);
    }
    return largest * Math.sqrt(sum);
  }

  private static double dot(double[] x, double[] y) {
    // Four interleaved sums: a fixed order that does not wait for each addition.
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= x.length; i += 4) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
    }
    for (; i < x.length; i++) {
      s0 += x[i] * y[i];
    }
    return s0 + s1 + (s2 + s3);
  }
}
