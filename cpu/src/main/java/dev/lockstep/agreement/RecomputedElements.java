package dev.lockstep.agreement;

import static dev.lockstep.agreement.RoundingModel.square;

import dev.lockstep.agreement.RoundingModel.Deviations;
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
  private final ElementBound element;
  private final Deviations deviations;
  private final InnerProducts products = new InnerProducts();
  private final Typical[] typical = new Typical[TYPICAL];
  private long count;

  private TensorShare largestShare = new TensorShare("C", 0, 0, 0, 0, 0, 0);
  private Statistic largest = new Statistic(Statistic.Kind.ELEMENT, 0, 1, -1, -1);

  private double squares;
  private double largestSquare;
  private long squared;

  /**
   * An element's error, and what it may be.
   *
   * @param bound its a-priori bound
   * @param shift how far truncation and underflow may move it
   * @param ofSums the variance that additions give it
   * @param others the variance from other sources
   */
  private record Deviation(double error, double bound, double shift, double ofSums, double others) {
    double limit(Deviations deviations) {
      return shift + deviations.limit(ofSums, others);
    }

    double variance() {
      return ofSums + others;
    }
  }

  /** What describes a typical element. */
  private record Typical(double magnitude, double bound, double limit, double repetition) {
    /** The smallest error that is seen. */
    double visible() {
      return Math.min(bound, limit);
    }
  }

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
    this.element = element;
    deviations = Deviations.of(rate, 1);
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
        Deviation error = judge(row, from + j, j);
        if (error.variance() > 0) {
          double moved = Math.max(0, Math.abs(error.error) - error.shift);
          squares += square(moved) / error.variance();
          double farthest = error.limit(deviations) - error.shift;
          largestSquare = Math.max(largestSquare, square(farthest) / error.variance());
          squared++;
        }
        long at = count / stride;
        if (count % stride == 0 && at < TYPICAL) {
          typical[(int) at] =
              new Typical(
                  Math.abs(products.value(j)),
                  error.bound,
                  error.limit(deviations),
                  factors.repetition(row, from + j));
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

  private Deviation judge(int row, int column, int at) {
    double exact = products.value(at);
    int index = row * c.columns() + column;
    double actual = c.value(index);
    double value = square(exact);
    double square = products.squares(at);
    double repetition = factors.repetition(row, column);
    Deviation error =
        new Deviation(
            actual - exact,
            ElementBound.SLACK
                * element.rounding().scale()
                * element.ofProduct(factors.terms(), products.magnitude(at), model.underflow()),
            model.shift() * Math.abs(exact) + model.underflow(),
            Math.max(
                model.ofSums(value, square, repetition),
                model.ofChain(products.partials(at), repetition)),
            model.ofTerms(value, square, repetition)
                + model.ofOperands(
                    value,
                    square,
                    factors.repeatedInRows()[row],
                    factors.repeatedInColumns()[column]));
    double share =
        Double.isNaN(exact) && Double.isNaN(actual)
            ? 0
            : TensorShare.share(exact, actual, error.bound);
    if (share > largestShare.share()) {
      largestShare = new TensorShare("C", share, row, column, exact, actual, c.bits(index));
    }
    double limit = error.limit(deviations);
    if (Math.abs(error.error) > largest.share() * limit) {
      largest = new Statistic(Statistic.Kind.ELEMENT, error.error, limit, row, column);
    }
    return error;
  }

  /** The number of recomputed elements. */
  long count() {
    return count;
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

  /**
   * Returns whether equal terms leave the statistics with nothing to see that the bound does not
   * see for most elements.
   */
  boolean repeats() {
    return median(each -> each.repetition) > 1.5 && median(each -> each.limit / each.bound) >= 1;
  }

  /** Returns the smallest errors that the bound sees. */
  Visible visibleByBound() {
    return visible(Typical::bound);
  }

  /** Returns the smallest errors that an element's bound or limit sees. */
  Visible visible() {
    return visible(Typical::visible);
  }

  private Visible visible(ToDoubleFunction<Typical> error) {
    return new Visible(
        typical()
            .mapToDouble(each -> error.applyAsDouble(each) / each.magnitude)
            .min()
            .orElse(Double.POSITIVE_INFINITY),
        median(error) / medianMagnitude());
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
