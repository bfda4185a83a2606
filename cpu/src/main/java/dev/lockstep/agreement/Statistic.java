package dev.lockstep.agreement;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/**
 * A statistic of a product's errors and the limit that a sound product rarely exceeds.
 *
 * @param kind what is measured
 * @param value the measured value
 * @param limit the limit
 * @param row the row of C, or -1 if it is not about one
 * @param column the column of C, or -1 if it is not about one
 */
public record Statistic(Kind kind, double value, double limit, int row, int column) {
  /** What a statistic measures. */
  public enum Kind implements Labelled {
    /** The error of one element. */
    ELEMENT,
    /** The largest checksum of a row, as a share of its limit. */
    ROW_CHECKSUM,
    /** The largest checksum of a column, as a share of its limit. */
    COLUMN_CHECKSUM,
    /** The slope of the error on the exact value: a scale error, truncated operands. */
    SLOPE,
    /** The mean square of the error over the model's variance: a lower precision. */
    MEAN_SQUARE;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** Returns the used share of the limit; above 1 the statistic is an alarm. */
  public double share() {
    return value == 0 ? 0 : Math.abs(value) / limit;
  }

  /** {@code error of element [3][5] is 2.1 times its limit}. */
  @Override
  public String toString() {
    String place = row < 0 ? "" : " of row " + row;
    if (column >= 0) {
      place = row < 0 ? " of column " + column : " at [" + row + "][" + column + "]";
    }
    return String.format(Locale.ROOT, "%s%s is %.3g times its limit", kind.label(), place, share());
  }

  /** Returns whether the limit is exceeded. */
  public boolean alarms() {
    return share() > 1;
  }
}
