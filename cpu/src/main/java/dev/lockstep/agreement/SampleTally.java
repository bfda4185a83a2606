package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result of recomputing a sample of elements. */
public final class SampleTally {
  private final long step;
  private final double scale;
  private long equal;
  private long within;
  private double share;
  private Visibility visible = Visibility.NONE;
  private @Nullable Difference first;
  private @Nullable Difference outside;
  private @Nullable String contradiction;
  private @Nullable String alarm;

  /** Creates an empty tally of a step, from 1, or of no step, 0. */
  SampleTally(long step) {
    this(step, 1);
  }

  /**
   * Creates an empty tally.
   *
   * @param step the step, from 1, or 0 for none
   * @param scale the factor of all bounds, as in {@link OperandRounding#scale}
   */
  SampleTally(long step, double scale) {
    this.step = step;
    this.scale = scale;
  }

  /** Returns a tally of {@code count} elements, or bytes, that were already found equal. */
  public static SampleTally ofEqual(long count) {
    SampleTally tally = new SampleTally(0);
    tally.equal = count;
    return tally;
  }

  /** Adds a whole tensor that must equal the expected one bit for bit. */
  public SampleTally all(String tensor, Matrix expected, FloatMatrix actual) {
    int index = expected.firstDifference(actual);
    equal += index < 0 ? actual.size() : index;
    if (first == null) {
      first = Difference.first(step, tensor, expected, actual).orElse(null);
    }
    return this;
  }

  /** Adds elements that must equal the expected ones bit for bit. */
  void bits(String tensor, int[] rows, int[] columns, Matrix expected, Matrix actual) {
    for (int i = 0; i < actual.size(); i++) {
      if (expected.bits(i) == actual.bits(i)) {
        equal++;
      } else if (first == null) {
        first =
            new Difference(
                step,
                tensor,
                rows[i / columns.length],
                columns[i % columns.length],
                expected.value(i),
                actual.value(i),
                expected.bits(i),
                actual.bits(i));
      }
    }
  }

  /**
   * Adds elements that may differ within their bounds. Where an operand was not finite, or the
   * result may exceed the range of binary32, nothing is owed.
   *
   * @param rows the rows of the tensor that these elements are from
   * @param columns their columns
   * @param first index of the first of them in {@code actual}
   */
  void within(
      String tensor, int[] rows, int[] columns, Matrix actual, int first, Bounded expected) {
    double leastVisible = Double.POSITIVE_INFINITY;
    for (int i = 0; i < expected.size(); i++) {
      double value = expected.values()[i];
      double bound = ElementBound.SLACK * expected.errors()[i] * scale;
      if (!(Math.abs(value) + bound <= Float.MAX_VALUE)) {
        continue;
      }
      within++;
      double difference = Math.abs(actual.value(first + i) - value);
      if (difference != 0) {
        double used = difference / bound;
        share = Math.max(share, Double.isNaN(used) ? Double.POSITIVE_INFINITY : used);
        if (!(used <= 1) && outside == null) {
          outside =
              new Difference(
                  step,
                  tensor,
                  rows[i / columns.length],
                  columns[i % columns.length],
                  value,
                  actual.value(first + i),
                  Double.doubleToRawLongBits(value),
                  actual.bits(first + i));
        }
      }
      if (value != 0) {
        leastVisible = Math.min(leastVisible, bound / Math.abs(value));
      }
    }
    if (leastVisible < Double.POSITIVE_INFINITY && leastVisible > visible.error()) {
      visible = new Visibility(leastVisible, tensor);
    }
  }

  /** Adds a product that was judged by its bound and by statistics. */
  void add(String tensor, ProductCheck.Result product) {
    TensorShare worst = product.bound();
    within += product.recomputed();
    share = Math.max(share, worst.share());
    if (product.state() == ProductCheck.State.OUTSIDE && outside == null) {
      outside = worst.of(tensor).after(step);
    }
    if (product.state() == ProductCheck.State.ALARM && alarm == null) {
      alarm = "step " + step + ", " + tensor + ": " + product.alarms().getFirst();
    }
    double seen = product.smallestVisible().whole();
    if (seen < Double.POSITIVE_INFINITY && seen > visible.error()) {
      visible = new Visibility(seen, tensor);
    }
  }

  /**
   * The first product whose error exceeds what rounding explains but at the rate of {@link
   * ProductCheck#FALSE_ALARMS}.
   */
  public Optional<String> alarm() {
    return Optional.ofNullable(alarm);
  }

  /** The step, from 1; 0 for none. */
  public long step() {
    return step;
  }

  /** The number of elements that equal the recomputed ones bit for bit. */
  public long equal() {
    return equal;
  }

  /** The number of elements compared within a bound. */
  public long bounded() {
    return within;
  }

  /** The largest used share of a bound; above 1 an element exceeds its bound. */
  public double share() {
    return share;
  }

  /** The first element that should be equal bit for bit but is not. */
  public Optional<Difference> difference() {
    return Optional.ofNullable(first);
  }

  /** The first element outside its bound; its expected value is the one without rounding. */
  public Optional<Difference> outside() {
    return Optional.ofNullable(outside);
  }

  /** Returns what errors would have been seen in any of the results compared within bounds. */
  public Visibility visible() {
    return visible;
  }

  /** Records another fault of the step, which makes the verdict DIFFERS. */
  public SampleTally contradictedBy(String finding) {
    contradiction = finding;
    return this;
  }

  /** AGREES if every sampled element passed and no fault was recorded, otherwise DIFFERS. */
  public Verdict verdict() {
    return first == null && share <= 1 && contradiction == null ? Verdict.AGREES : Verdict.DIFFERS;
  }

  /** Returns the first difference, the recorded fault or the numbers of elements as a clause. */
  @Override
  public String toString() {
    if (first != null) {
      return step == 0 ? first.element() : first.toString();
    }
    if (contradiction != null) {
      return contradiction;
    }
    if (outside != null) {
      return outside.element() + ", " + Percent.of(share) + " of the bound";
    }
    return String.format(
        Locale.ROOT,
        "%d elements equal, %d within %s of their bounds",
        equal,
        within,
        Percent.of(share));
  }
}
