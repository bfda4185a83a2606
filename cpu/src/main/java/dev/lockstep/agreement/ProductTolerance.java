package dev.lockstep.agreement;

import static dev.lockstep.agreement.RoundingModel.square;

import dev.lockstep.agreement.ElementLimits.Limits;
import dev.lockstep.agreement.ProductCheck.Inapplicable;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * The tolerances with which a product can be compared with its exact value.
 *
 * @param bound by the a-priori bound: no sound product exceeds it
 * @param statistics by {@link RoundingModel}: a sound product exceeds it at the rate of false
 *     alarms at most; empty if it does not apply
 * @param inapplicable why it does not apply
 */
public record ProductTolerance(
    Tolerance bound, Optional<Tolerance> statistics, Optional<Inapplicable> inapplicable) {
  /** The probability that random operands are larger than is assumed. */
  public static final double LARGER_OPERANDS = 1e-12;

  /** The rate of false alarms of the statistical tolerance. */
  public static final double FALSE_ALARMS = ProductCheck.FALSE_ALARMS;

  /** The median magnitude of a standard normal number. */
  private static final double MEDIAN_OF_NORMAL = 0.6745;

  private static final double STEP = 0.99;
  private static final double SMALLEST = 1e-6;

  /** Returns the tolerance that sees the smaller error of one element: few terms round little. */
  public Tolerance strictest() {
    return statistics
        .filter(each -> each.visible().element() < bound.visible().element())
        .orElse(bound);
  }

  /**
   * Returns the tolerances for operands that are drawn from the standard normal distribution.
   *
   * <p>The sum of |a||b| and the errors of rounded operands are bounded by Chernoff's inequality
   * from their moment-generating functions. With s below 1, E exp(s |a||b|) = (1 + 2 asin(s) / pi)
   * / sqrt(1 - s^2); for the sum d of two uniform errors and s below 1/2, E exp(s d a b) = asin(2
   * s) / s - (1 - sqrt(1 - 4 s^2)) / (2 s^2). Given a row of A, the partial sums of a chain are a
   * random walk, and E exp(x^2 I / 2) = 1 / sqrt(cos x) for the integral I of a squared Brownian
   * motion.
   */
  public static ProductTolerance ofNormal(int m, int n, int k, ElementBound element) {
    OperandRounding rounding = element.rounding();
    double elements = (double) m * n;
    double ofData = Math.log(elements / LARGER_OPERANDS);
    double median = MEDIAN_OF_NORMAL * Math.sqrt(k);
    double largest = Math.sqrt(k * Math.max(square(MEDIAN_OF_NORMAL), 2 * Math.log(elements)));

    double relative = ElementBound.SLACK * element.relativeOfProduct(k);
    double magnitude =
        chernoff(
            ofData, 1, s -> k * Math.log((1 + 2 * Math.asin(s) / Math.PI) / Math.sqrt(1 - s * s)));
    // No draw of a normal number in binary32 is as large as 64.
    double underflow = element.ofUnderflow(k, 64, 64);
    Tolerance bound = Tolerance.of(relative, relative * magnitude + underflow, median, largest);

    // Four parts, with an equal share of the rate: the row's norm, and three kinds of errors.
    double ofRow = Math.sqrt(k) + Math.sqrt(2 * Math.log(4 * m / FALSE_ALARMS));
    double logarithm = Math.log(2 * 4 * elements / FALSE_ALARMS);
    double ofSums =
        rounding.ofAddition()
            / Math.sqrt(3)
            * Math.sqrt(k + 5.)
            * ofRow
            * chernoff(logarithm, Math.PI / 2, x -> -Math.log(Math.cos(x)) / 2);
    double ofTruncatedSums =
        rounding.truncatesSums()
            ? rounding.ofAddition() / 2 * k * ofRow * Math.sqrt(2 * logarithm / 3)
            : 0;
    double ofOperands =
        rounding.ofOperand()
            * chernoff(
                logarithm,
                0.5,
                s ->
                    k
                        * Math.log(
                            Math.asin(2 * s) / s - (1 - Math.sqrt(1 - 4 * s * s)) / (2 * s * s)));
    return new ProductTolerance(
        bound,
        Optional.of(
            Tolerance.of(
                2 * rounding.ofTruncation(),
                ofSums + ofTruncatedSums + ofOperands + underflow,
                median,
                largest)),
        Optional.empty());
  }

  /**
   * Returns the least (L + log M(s)) / s over s below a limit: what a sum exceeds with probability
   * exp(-L) at most.
   *
   * @param generating log M, the logarithm of the sum's moment-generating function
   */
  private static double chernoff(double logarithm, double below, DoubleUnaryOperator generating) {
    double least = Double.POSITIVE_INFINITY;
    for (double s = below * STEP; s > SMALLEST; s *= STEP) {
      least = Math.min(least, (logarithm + generating.applyAsDouble(s)) / s);
    }
    return least;
  }

  /** Returns the tolerance if all elements of A are equal, and all of B: 1 each. */
  public static ProductTolerance ofEqual(int k, ElementBound element) {
    double relative = ElementBound.SLACK * element.relativeOfProduct(k);
    return new ProductTolerance(
        Tolerance.of(relative, element.ofUnderflow(k, 1, 1), k, k),
        Optional.empty(),
        Optional.of(Inapplicable.EQUAL_OPERANDS));
  }

  /**
   * Returns the tolerances for given operands of A B. The relative part of a tolerance is what is
   * proportional to an element, and the absolute part the most that remains of any.
   *
   * @throws IllegalArgumentException if the shapes do not match
   */
  public static ProductTolerance of(Matrix a, Matrix b, ElementBound element) {
    Factors factors = Factors.of(ProductForm.AB, a, b);
    RoundingModel model = RoundingModel.of(factors, element);
    int m = factors.rows();
    int n = factors.columns();
    ElementLimits limits =
        new ElementLimits(factors, model, element, FALSE_ALARMS / ((double) m * n));
    double ofBound = ElementBound.SLACK * element.relativeOfProduct(factors.terms());
    double ofLimit = limits.relative();
    double restOfBound = 0;
    double restOfLimit = 0;
    long equal = 0;
    double[] magnitudes = new double[m * n];
    InnerProducts products = new InnerProducts();
    for (int i = 0; i < m; i++) {
      for (int from = 0; from < n; from += InnerProducts.BLOCK) {
        int some = Math.min(InnerProducts.BLOCK, n - from);
        products.compute(factors.a(), i, factors.b(), from, some);
        for (int j = 0; j < some; j++) {
          double magnitude = Math.abs(products.value(j));
          Limits allowed = limits.of(products, j, i, from + j);
          magnitudes[i * n + from + j] = magnitude;
          restOfBound = Math.max(restOfBound, allowed.bound() - ofBound * magnitude);
          restOfLimit = Math.max(restOfLimit, allowed.limit() - ofLimit * magnitude);
          equal += allowed.repeats() ? 1 : 0;
        }
      }
    }
    Arrays.sort(magnitudes);
    double median = magnitudes[magnitudes.length / 2];
    double largest = magnitudes[magnitudes.length - 1];
    Tolerance bound = Tolerance.of(ofBound, restOfBound, median, largest);
    return 2 * equal > magnitudes.length
        ? new ProductTolerance(bound, Optional.empty(), Optional.of(Inapplicable.EQUAL_OPERANDS))
        : new ProductTolerance(
            bound,
            Optional.of(Tolerance.of(ofLimit, restOfLimit, median, largest)),
            Optional.empty());
  }
}
