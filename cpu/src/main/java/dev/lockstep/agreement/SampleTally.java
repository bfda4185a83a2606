package dev.lockstep.agreement;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What recomputing a sample of elements came to. */
public final class SampleTally {
  private final long step;
  private long equal;
  private long within;
  private double share;
  private @Nullable Difference first;
  private @Nullable String contradiction;

  /** Nothing yet, of a step counted from 1; 0 is of none. */
  SampleTally(long step) {
    this.step = step;
  }

  /** Of so many elements, or bytes, that were found equal elsewhere. */
  public static SampleTally ofEqual(long count) {
    SampleTally tally = new SampleTally(0);
    tally.equal = count;
    return tally;
  }

  /** Adds a whole tensor whose elements are owed to the bit. */
  public SampleTally all(String tensor, Matrix expected, FloatMatrix actual) {
    int index = expected.firstDifference(actual);
    equal += index < 0 ? actual.size() : index;
    if (first == null) {
      first = Difference.first(step, tensor, expected, actual).orElse(null);
    }
    return this;
  }

  /** Elements that are owed to the bit. */
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

  /** Elements that may differ by a bound. */
  void within(Matrix actual, Bounded expected) {
    for (int i = 0; i < actual.size(); i++) {
      within(actual.value(i), expected.values()[i], ElementBound.SLACK * expected.errors()[i]);
    }
  }

  /** An element that may differ by a bound. */
  private void within(double actual, double expected, double bound) {
    within++;
    double difference = Math.abs(actual - expected);
    if (difference != 0) {
      double used = difference / bound;
      share = Math.max(share, Double.isNaN(used) ? Double.POSITIVE_INFINITY : used);
    }
  }

  /** The step, counted from 1. */
  public long step() {
    return step;
  }

  /** Elements that equal the recomputed ones bit for bit. */
  public long equal() {
    return equal;
  }

  /** Elements held against a bound. */
  public long bounded() {
    return within;
  }

  /** The largest share of a bound that was used; above 1 something disagrees. */
  public double share() {
    return share;
  }

  /** The first element that is not what is owed to the bit. */
  public Optional<Difference> difference() {
    return Optional.ofNullable(first);
  }

  /** Adds what else was found wrong with the step. */
  public SampleTally contradictedBy(String finding) {
    contradiction = finding;
    return this;
  }

  /** Whether all is as owed. */
  public Verdict verdict() {
    return first == null && share <= 1 && contradiction == null ? Verdict.AGREES : Verdict.DIFFERS;
  }

  /** One clause. */
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
