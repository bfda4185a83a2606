package dev.lockstep.agreement;

import static dev.lockstep.agreement.RoundingModel.square;

import dev.lockstep.agreement.LinearMap.Orientation;
import dev.lockstep.agreement.RoundingModel.Deviations;
import dev.lockstep.matrix.DoubleMatrix;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Checksums of a product over its rows or its columns: C' x is compared with op(A) (op(B) x) for
 * random vectors x of +1 and -1 (Freivalds, "Probabilistic machines can use less running time",
 * 1977; Huang and Abraham, "Algorithm-based fault tolerance for matrix operations", 1984). They
 * cost O(mk + kn + mn) operations and cover every element: an error of one element is an error of
 * the checksums of its row and of its column.
 *
 * <p>The first vector also gives the slope of the error on the exact value, sum (C' x - C x)(C x) /
 * sum (C x)^2. A product that is too large by a factor 1 + s has the slope s.
 */
final class Checksums {
  /** Several, because two bad elements of a line cancel in one vector of two. */
  static final int VECTORS = 4;

  private static final Sum NONE = new Sum(0, 0, 0, 0, 1);

  private final RoundingModel model;
  private final Side side;
  private final Sum[][] sums;
  private final Deviations[] deviations = new Deviations[Integer.SIZE];
  private final Sum slope;

  /**
   * One side of a product of maps C = L R, whose lines are the rows of C or its columns.
   *
   * @param within how often values are repeated within each line of L
   * @param withinRight the largest such measure of R
   * @param along how often values of R are repeated along a line of C
   * @param across how often values of L are repeated across the lines of C
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Side(
      LinearMap left,
      LinearMap right,
      LinearMap product,
      double[] within,
      double withinRight,
      double along,
      double across) {}

  /**
   * A sum of errors.
   *
   * @param error the sum
   * @param ofSums the variance that additions give it
   * @param ofOperands the variance that rounded operands give it
   * @param shift how far truncation and underflow may move it
   * @param elements how many independent elements contribute alike
   */
  private record Sum(
      double error, double ofSums, double ofOperands, double shift, double elements) {
    /**
     * Returns what the error exceeds at a rate.
     *
     * @param deviations those of 2^i elements
     */
    double limit(Deviations[] deviations) {
      int i = Math.getExponent(Math.max(1, elements));
      return shift + deviations[i].limit(ofSums, ofOperands);
    }

    /** The squared error in standard deviations of the model. */
    double squared() {
      return error == 0 ? 0 : square(error) / (ofSums + ofOperands);
    }

    double deviation() {
      return Math.sqrt(ofSums + ofOperands);
    }
  }

  private Checksums(RoundingModel model, Side side, double rate, SplittableRandom random) {
    this.model = model;
    this.side = side;
    Arrays.setAll(deviations, i -> Deviations.of(rate, Math.scalb(1., i)));
    double[] rightSquares = side.right.squaredRows();
    double[] squares = side.left.squaredTimes(rightSquares);
    double[] values = side.product.squaredRows();
    double[] alike = side.product.alike();
    double[][] inner = new double[VECTORS][];
    double[][] errors = new double[VECTORS][];
    double[][] expected = new double[VECTORS][];
    double[] partials = new double[squares.length];
    for (int v = 0; v < VECTORS; v++) {
      double[] x = random.doubles(side.product.from()).map(draw -> draw < 0.5 ? -1 : 1).toArray();
      inner[v] = side.right.times(x);
      expected[v] = side.left.times(inner[v]);
      errors[v] = side.product.times(x);
      double[] ofVector = side.left.partialSquares(inner[v]);
      for (int i = 0; i < partials.length; i++) {
        errors[v][i] -= expected[v][i];
        partials[i] += ofVector[i] / VECTORS;
      }
    }
    sums = new Sum[VECTORS][partials.length];
    Sum first = NONE;
    for (int v = 0; v < VECTORS; v++) {
      double[] ofLeft = ofLeft(inner[v]);
      for (int i = 0; i < partials.length; i++) {
        double repetition = Math.min(side.within[i], side.withinRight);
        double ofSums =
            Math.max(
                model.ofSums(values[i], squares[i], repetition),
                model.ofChain(partials[i], repetition));
        sums[v][i] =
            new Sum(
                errors[v][i],
                side.along * (ofSums + model.ofTerms(values[i], squares[i], repetition)),
                model.ofOperand() * (side.within[i] * ofLeft[i] + side.along * squares[i]),
                model.shift() * Math.abs(expected[v][i]) + model.underflow() * side.product.from(),
                alike[i] / side.along);
      }
      if (v == 0) {
        first = slope(expected[0], sums[0], ofLeft, rightSquares);
      }
    }
    slope = first;
  }

  /**
   * Returns the variance of each line from the rounded operands of L, in units of one operand's.
   */
  private double[] ofLeft(double[] inner) {
    return model.ofOperand() == 0
        ? new double[side.within.length]
        : side.left.squaredTimes(Arrays.stream(inner).map(RoundingModel::square).toArray());
  }

  private Sum slope(double[] expected, Sum[] lines, double[] ofLeft, double[] rightSquares) {
    double error = 0;
    double ofSums = 0;
    double fourth = 0;
    double ofOperands = 0;
    double total = 0;
    double magnitude = 0;
    for (int i = 0; i < expected.length; i++) {
      double weight = square(expected[i]);
      double variance = weight * lines[i].ofSums;
      error += lines[i].error * expected[i];
      ofSums += variance;
      fourth += square(variance) / Math.max(1, lines[i].elements);
      ofOperands += weight * side.within[i] * side.across * ofLeft[i];
      total += weight;
      magnitude += Math.abs(expected[i]);
    }
    double[] pulled = side.left.transposed().times(expected);
    for (int t = 0; t < pulled.length; t++) {
      ofOperands += side.along * square(pulled[t]) * rightSquares[t];
    }
    if (total == 0) {
      return NONE;
    }
    return new Sum(
        error / total,
        side.across * ofSums / square(total),
        model.ofOperand() * ofOperands / square(total),
        model.shift() + model.underflow() * side.product.from() * magnitude / total,
        square(ofSums) / fourth / side.across);
  }

  /** Returns the checksums of the rows of C. */
  static Checksums ofRows(
      Factors factors, DoubleMatrix c, RoundingModel model, double rate, SplittableRandom random) {
    return new Checksums(
        model,
        new Side(
            new LinearMap(factors.a(), Orientation.PLAIN),
            new LinearMap(factors.b(), Orientation.PLAIN),
            new LinearMap(c, Orientation.PLAIN),
            factors.repeatedInRows(),
            Repetition.largest(factors.repeatedInColumns()),
            factors.acrossColumns(),
            factors.acrossRows()),
        rate,
        random);
  }

  /** Returns the checksums of the columns of C. */
  static Checksums ofColumns(
      Factors factors, DoubleMatrix c, RoundingModel model, double rate, SplittableRandom random) {
    return new Checksums(
        model,
        new Side(
            new LinearMap(factors.b(), Orientation.TRANSPOSED),
            new LinearMap(factors.a(), Orientation.TRANSPOSED),
            new LinearMap(c, Orientation.TRANSPOSED),
            factors.repeatedInColumns(),
            Repetition.largest(factors.repeatedInRows()),
            factors.acrossRows(),
            factors.acrossColumns()),
        rate,
        random);
  }

  private int lines() {
    return sums[0].length;
  }

  /** Returns the line whose checksum uses the largest share of its limit, and that share. */
  Statistic largest(Statistic.Kind kind) {
    int worst = 0;
    double most = 0;
    for (int i = 0; i < lines(); i++) {
      double share = share(i);
      if (share > most) {
        most = share;
        worst = i;
      }
    }
    return kind == Statistic.Kind.ROW_CHECKSUM
        ? new Statistic(kind, most, 1, worst, -1)
        : new Statistic(kind, most, 1, -1, worst);
  }

  private double share(int line) {
    double largest = 0;
    for (Sum[] vector : sums) {
      double error = Math.abs(vector[line].error);
      largest = Math.max(largest, error == 0 ? 0 : error / vector[line].limit(deviations));
    }
    return largest;
  }

  /** Returns the slope of the error on the exact value; it is NaN if the product is not finite. */
  Statistic slope(double rate) {
    Deviations ofSlope = Deviations.of(rate, slope.elements);
    double limit = slope.shift + ofSlope.limit(slope.ofSums, slope.ofOperands);
    return new Statistic(Statistic.Kind.SLOPE, slope.error, limit, -1, -1);
  }

  /** Returns the error of one element that the limit of half of the lines sees. */
  double medianLimit() {
    return median(line -> sums[0][line].limit(deviations));
  }

  /** Returns the lines with the largest residuals, or all if there are no more. */
  int[] conspicuous(int most) {
    return IntStream.range(0, lines())
        .boxed()
        .sorted(Comparator.comparingDouble(this::residual).reversed())
        .limit(most)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * Returns the error of one element that makes its line one of the {@linkplain #conspicuous most
   * conspicuous}: twice the smallest residual of these, because the line's own residual may be as
   * large and of the other sign.
   */
  double followed(int most) {
    if (lines() <= most) {
      return 0;
    }
    double least = Arrays.stream(conspicuous(most)).mapToDouble(this::residual).min().orElseThrow();
    return 2 * least * median(line -> sums[0][line].deviation());
  }

  /** The root mean square of a line's residuals, in standard deviations of the model. */
  private double residual(int line) {
    double mean =
        Arrays.stream(sums).mapToDouble(vector -> vector[line].squared()).average().orElse(0);
    return Double.isNaN(mean) ? Double.POSITIVE_INFINITY : Math.sqrt(mean);
  }

  private double median(IntToDoubleFunction figure) {
    double[] sorted = IntStream.range(0, lines()).mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
