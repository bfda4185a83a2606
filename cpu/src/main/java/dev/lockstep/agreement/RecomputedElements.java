package dev.lockstep.agreement;

import static dev.lockstep.agreement.RoundingModel.square;

import dev.lockstep.agreement.ElementLimits.Limits;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Recomputes elements of a product and compares them with their a-priori bounds and with the limits
 * of {@link RoundingModel}.
 */
final class RecomputedElements {
  /** The fourth moment of an error in standard deviations, minus 1. */
  private static final double VARIANCE_OF_SQUARE = 3 * (1 + RoundingModel.SPREAD) - 1;

  /** The number of elements that describe a typical one. */
  private static final int TYPICAL = 4096;

  private final Factors factors;
  private final Matrix c;
  private final RoundingModel model;
  private final ElementLimits limits;
  private final InnerProducts products = new InnerProducts();
  private final Typical[] typical = new Typical[TYPICAL];
  private final ShareHistogram shares = new ShareHistogram();
  private long count;

  private TensorShare largestShare = new TensorShare("C", 0, 0, 0, 0, 0, 0);
  private Statistic largest = new Statistic(Statistic.Kind.ELEMENT, 0, 1, -1, -1);

  private double squares;
  private double largestSquare;
  private long squared;

  /** An element and what it may err. */
  private record Typical(double magnitude, Limits allowed) {}

  /**
   * Starts without any element.
   *
   * @param rate the rate of false alarms of one element
   */
  RecomputedElements(
      Factors factors, Matrix c, RoundingModel model, ElementBound element, double rate) {
    this.factors = factors;
    this.c = c;
    this.model = model;
    limits = new ElementLimits(factors, model, element, rate);
  }

  /** Recomputes rows. */
  void rows(int[] rows) {
    // Odd, so that the typical elements do not stay in a few columns.
    long stride = Math.max(1, (long) rows.length * factors.columns() / TYPICAL) | 1;
    for (int row : rows) {
      row(row, stride);
    }
  }

  private void row(int row, long stride) {
    int n = factors.columns();
    for (int from = 0; from < n; from += InnerProducts.BLOCK) {
      int some = Math.min(InnerProducts.BLOCK, n - from);
      products.compute(factors.a(), row, factors.b(), from, some);
      for (int j = 0; j < some; j++) {
        Limits allowed = judge(row, from + j, j);
        if (allowed.variance() > 0) {
          double error = c.value(row * c.columns() + from + j) - products.value(j);
          double moved = Math.max(0, Math.abs(error) - allowed.shift());
          squares += square(moved) / allowed.variance();
          double farthest = allowed.limit() - allowed.shift();
          largestSquare = Math.max(largestSquare, square(farthest) / allowed.variance());
          squared++;
        }
        long at = count / stride;
        if (count % stride == 0 && at < TYPICAL) {
          typical[(int) at] = new Typical(Math.abs(products.value(j)), allowed);
        }
        count++;
      }
    }
  }

  /** Recomputes the elements where rows and columns cross, for a block of columns at most. */
  void crossings(int[] rows, int[] columns) {
    DoubleMatrix some = new DoubleMatrix(factors.terms(), columns.length);
    for (int t = 0; t < factors.terms(); t++) {
      for (int j = 0; j < columns.length; j++) {
        some.data()[t * columns.length + j] =
            factors.b().data()[t * factors.columns() + columns[j]];
      }
    }
    for (int row : rows) {
      products.compute(factors.a(), row, some, 0, columns.length);
      for (int j = 0; j < columns.length; j++) {
        judge(row, columns[j], j);
      }
    }
    count += (long) rows.length * columns.length;
  }

  private Limits judge(int row, int column, int at) {
    double exact = products.value(at);
    int index = row * c.columns() + column;
    double actual = c.value(index);
    Limits allowed = limits.of(products, at, row, column);
    double share =
        Double.isNaN(exact) && Double.isNaN(actual)
            ? 0
            : TensorShare.share(exact, actual, allowed.bound());
    shares.add(share);
    if (share > largestShare.share()) {
      largestShare = new TensorShare("C", share, row, column, exact, actual, c.bits(index));
    }
    double error = actual - exact;
    if (Math.abs(error) > largest.share() * allowed.limit()) {
      largest = new Statistic(Statistic.Kind.ELEMENT, error, allowed.limit(), row, column);
    }
    return allowed;
  }

  /** The number of recomputed elements. */
  long count() {
    return count;
  }

  /** How many elements use how much of their a-priori bounds. */
  ShareHistogram shares() {
    return shares;
  }

  /** The largest used share of an a-priori bound. */
  TensorShare largestShare() {
    return largestShare;
  }

  /** The largest used share of a limit. */
  Statistic largest() {
    return largest;
  }

  /**
   * Returns the mean square of the errors in standard deviations of the model. Its limit is
   * Bernstein's inequality, for squares that are bounded because no element exceeds its own limit.
   * A rounded operand moves a whole row or column alike.
   */
  Statistic meanSquare(double rate) {
    double independent = squared / (factors.acrossRows() * factors.acrossColumns());
    double lines = Math.max(squared / (double) factors.columns(), factors.columns());
    double n = Math.max(1, model.ofOperand() > 0 ? Math.min(independent, lines) : independent);
    double logarithm = Math.log(1 / rate);
    double limit =
        1 + Math.sqrt(2 * VARIANCE_OF_SQUARE * logarithm / n) + largestSquare * logarithm / (3 * n);
    return new Statistic(
        Statistic.Kind.MEAN_SQUARE, squared == 0 ? 0 : squares / squared, limit, -1, -1);
  }

  /** Returns whether equal terms leave the statistics nothing to see in most elements. */
  boolean repeats() {
    return 2 * typical().filter(each -> each.allowed.repeats()).count() > typical().count();
  }

  /** Returns the smallest errors that the bound sees. */
  Visible visibleByBound() {
    return visible(Limits::bound);
  }

  /** Returns the smallest errors that an element's bound or limit sees. */
  Visible visible() {
    return visible(allowed -> Math.min(allowed.bound(), allowed.limit()));
  }

  /** Nothing relative is seen where all elements are zero. */
  private Visible visible(ToDoubleFunction<Limits> error) {
    if (typical().findAny().isEmpty()) {
      return new Visible(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    return new Visible(
        typical()
            .mapToDouble(each -> error.applyAsDouble(each.allowed) / each.magnitude)
            .min()
            .orElse(Double.POSITIVE_INFINITY),
        median(each -> error.applyAsDouble(each.allowed)) / medianMagnitude());
  }

  /** Returns the median magnitude of the elements that are not zero. */
  double medianMagnitude() {
    return median(Typical::magnitude);
  }

  private double median(ToDoubleFunction<Typical> figure) {
    double[] sorted = typical().mapToDouble(figure).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private Stream<Typical> typical() {
    return Arrays.stream(typical).filter(each -> each != null && each.magnitude > 0);
  }
}
