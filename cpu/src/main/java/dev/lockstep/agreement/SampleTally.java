package dev.lockstep.agreement;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result of recomputing a sample of elements. */
public final class SampleTally {
  private final long step;
  private long equal;
  private long within;
  private double share;
  private @Nullable Difference first;
  private @Nullable String contradiction;

  /** Creates an empty tally of a step, from 1, or of no step, 0. */
  SampleTally(long step) {
    this.step = step;
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

  /** Adds elements that may differ within their bounds. */
  void within(Matrix actual, Bounded expected) {
    for (int i = 0; i < actual.size(); i++) {
      within(actual.value(i), expected.values()[i], ElementBound.SLACK * expected.errors()[i]);
    }
  }

  /** Adds an element that may differ within a bound. */
  private void within(double actual, double expected, double bound) {
    within++;
    double difference = Math.abs(actual - expected);
    if (difference != 0) {
      double used = difference / bound;
      share = Math.max(share, Double.isNaN(used) ? Double.POSITIVE_INFINITY : used);
    }
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
    return String.format(
        Locale.ROOT,
        "%d elements equal, %d within %s of their bounds",
        equal,
        within,
        Percent.of(share));
  }
}
