package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Judges one product C' = op(A) op(B) from its own operands, in binary64.
 *
 * <p>The a-priori bound of {@link ElementBound} proves a product wrong, but sees little: rounding
 * errors of random operands grow with the square root of k, and the bound grows with k. Statistical
 * tests see smaller errors: of single elements, of the {@link Checksums} of rows and columns, of
 * the slope of the error on the exact value, and of the mean square of the error. {@link
 * RoundingModel} gives their limits. A sound product exceeds any of them with probability {@value
 * #FALSE_ALARMS} at most, divided by the number of products that are judged together. Four tests
 * have an equal part in it, and in each all elements or lines.
 *
 * <p>If the product takes at most 2^29 multiplications, every element is recomputed. Otherwise some
 * rows are, and the elements where the rows and columns with the largest residuals cross, which
 * find one bad element anywhere. Checksums and slope always cover every element.
 */
public final class ProductCheck {
  /** The probability that any of the products judged together raises a false alarm. */
  public static final double FALSE_ALARMS = 1e-6;

  private static final long WORK = 1L << 29;

  /** How many rows and columns with the largest residuals are followed up. */
  private static final int FOLLOWED = 128;

  private static final int TESTS = 4;

  private ProductCheck() {}

  /** The outcome. */
  public enum State {
    /** The product is within the bound and every limit. */
    WITHIN,
    /** A limit is exceeded, which sound products do at the rate of false alarms at most. */
    ALARM,
    /** An element exceeds its a-priori bound: the product is wrong. */
    OUTSIDE
  }

  /** Why only the bound judges. */
  public enum Inapplicable {
    /** Equal terms round alike, so their errors add up instead of averaging out. */
    EQUAL_OPERANDS,
    /** The product is as precise as its reference. */
    BINARY64,
    /** An operand or the product is not finite. */
    NOT_FINITE
  }

  /**
   * The result.
   *
   * @param inapplicable why only the bound judged; empty if the statistical tests did as well
   * @param bound the largest used share of an a-priori bound, and its element
   * @param shares how many recomputed elements use how much of their bounds, as in {@link
   *     ShareHistogram}
   * @param statistics each test's statistic that is closest to its limit, those of an element
   *     first; empty if only the bound judged
   * @param recomputed the number of recomputed elements
   * @param rate the rate of false alarms
   * @param smallestVisible the smallest errors that would have been seen
   */
  public record Result(
      State state,
      Optional<Inapplicable> inapplicable,
      TensorShare bound,
      List<Long> shares,
      List<Statistic> statistics,
      long recomputed,
      double rate,
      Visible smallestVisible) {

    /** Returns the alarms, those that locate the error first. */
    public List<Statistic> alarms() {
      return statistics.stream().filter(Statistic::alarms).toList();
    }
  }

  /**
   * Judges a product.
   *
   * @param a A as it is stored
   * @param b B as it is stored
   * @param c the computed C'
   * @param element the backend's bound of an element
   * @param testsInAll how many products are judged together and share the rate of false alarms
   * @param seed the seed of the checksums' vectors and of the recomputed rows
   * @throws IllegalArgumentException if the shapes do not match or {@code testsInAll} is not
   *     positive
   */
  public static Result of(
      ProductForm form,
      Matrix a,
      Matrix b,
      Matrix c,
      ElementBound element,
      int testsInAll,
      long seed) {
    return of(form, a, b, c, element, FALSE_ALARMS / testsInAll, seed, WORK);
  }

  /**
   * Judges a product.
   *
   * @param rate the rate of false alarms
   * @param work how many multiplications recomputed elements may take
   */
  static Result of(
      ProductForm form,
      Matrix a,
      Matrix b,
      Matrix c,
      ElementBound element,
      double rate,
      long seed,
      long work) {
    if (!(rate > 0)) {
      throw new IllegalArgumentException("no rate of false alarms: " + rate);
    }
    Factors factors = Factors.of(form, a, b);
    if (factors.b().rows() != factors.terms()
        || c.rows() != factors.rows()
        || c.columns() != factors.columns()) {
      throw new IllegalArgumentException(
          form + " of " + a.shape() + " and " + b.shape() + " does not give " + c.shape());
    }
    int m = factors.rows();
    int n = factors.columns();
    double ofTest = rate / TESTS;
    SplittableRandom random = new SplittableRandom(seed);
    RoundingModel model = RoundingModel.of(factors, element);
    int[] rows = rows(factors, work, random);
    RecomputedElements elements =
        new RecomputedElements(factors, c, model, element, ofTest / ((double) m * n));
    elements.rows(rows);
    DoubleMatrix computed = c.widened();
    double ofLine = ofTest / ((double) Checksums.VECTORS * (m + n));
    Checksums ofRows = Checksums.ofRows(factors, computed, model, ofLine, random);
    Checksums ofColumns = Checksums.ofColumns(factors, computed, model, ofLine, random);
    if (rows.length < m) {
      elements.crossings(ofRows.conspicuous(FOLLOWED), ofColumns.conspicuous(FOLLOWED));
    }
    Statistic slope = (m < n ? ofColumns : ofRows).slope(ofTest);
    Optional<Inapplicable> inapplicable = inapplicable(element, elements, slope);
    boolean outside = elements.largestShare().share() > 1;
    if (inapplicable.isPresent()) {
      return new Result(
          outside ? State.OUTSIDE : State.WITHIN,
          inapplicable,
          elements.largestShare(),
          elements.shares().counts(),
          List.of(),
          elements.count(),
          0,
          elements.visibleByBound());
    }
    List<Statistic> statistics =
        List.of(
            elements.largest(),
            ofRows.largest(Statistic.Kind.ROW_CHECKSUM),
            ofColumns.largest(Statistic.Kind.COLUMN_CHECKSUM),
            slope,
            elements.meanSquare(ofTest));
    return new Result(
        outside
            ? State.OUTSIDE
            : statistics.stream().anyMatch(Statistic::alarms) ? State.ALARM : State.WITHIN,
        inapplicable,
        elements.largestShare(),
        elements.shares().counts(),
        statistics,
        elements.count(),
        rate,
        visible(elements, rows.length == m, ofRows, ofColumns, slope));
  }

  private static Visible visible(
      RecomputedElements elements,
      boolean all,
      Checksums ofRows,
      Checksums ofColumns,
      Statistic slope) {
    Visible visible = elements.visible();
    if (Double.isInfinite(visible.element())) {
      return visible;
    }
    double median = elements.medianMagnitude();
    double followed =
        all ? 0 : Math.max(ofRows.followed(FOLLOWED), ofColumns.followed(FOLLOWED)) / median;
    double ofChecksum = Math.min(ofRows.medianLimit(), ofColumns.medianLimit()) / median;
    return new Visible(
        Math.min(visible.whole(), slope.limit()),
        Math.min(Math.max(visible.element(), followed), ofChecksum));
  }

  private static Optional<Inapplicable> inapplicable(
      ElementBound element, RecomputedElements elements, Statistic slope) {
    if (element.rounding() == OperandRounding.BINARY64) {
      return Optional.of(Inapplicable.BINARY64);
    }
    if (!Double.isFinite(slope.value())) {
      return Optional.of(Inapplicable.NOT_FINITE);
    }
    return elements.repeats() ? Optional.of(Inapplicable.EQUAL_OPERANDS) : Optional.empty();
  }

  /** Returns the rows to recompute: all, or as many random ones as the work allows. */
  private static int[] rows(Factors factors, long work, SplittableRandom random) {
    int m = factors.rows();
    long ofRow = Math.max(1, (long) factors.columns() * factors.terms());
    if (ofRow <= work / Math.max(1, m)) {
      return IntStream.range(0, m).toArray();
    }
    return random.ints(0, m).distinct().limit(Math.clamp(work / ofRow, 1, m)).sorted().toArray();
  }
}
