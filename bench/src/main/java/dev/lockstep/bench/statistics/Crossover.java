package dev.lockstep.bench.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The widths at which the faster of two backends becomes the slower one.
 *
 * <p>Between neighbouring widths the logarithm of the ratio is interpolated linearly in the
 * logarithm of the width; a crossing is a zero of this curve. Its interval consists of the widths
 * around it at which the 95% interval of the log ratio contains 0, so that neither backend is shown
 * to be faster. At a share s of the way between two widths the log ratio is (1-s) r1 + s r2 and
 * half the width of its interval is sqrt((1-s)^2 h1^2 + s^2 h2^2). This is Fieller's interval (E.
 * C. Fieller, Some Problems in Interval Estimation, J. R. Statist. Soc. B 16 (1954)); the delta
 * method's is finite and too narrow where the ratio hardly changes.
 *
 * @param crossings with ascending widths; empty if the ratio never passes 1
 */
public record Crossover(List<Crossing> crossings) {

  /**
   * A measured ratio at one width.
   *
   * @param width positive
   * @param ratio subject time over baseline time
   */
  public record Point(double width, Estimate ratio) {}

  /** The side that is faster above a crossing. */
  public enum Side {
    SUBJECT,
    BASELINE
  }

  /**
   * A width at which the ratio passes 1.
   *
   * @param width interpolated between measured widths
   * @param interval starts at 0 if no measured width bounds it from below and ends at infinity if
   *     none bounds it from above; empty if a neighbouring ratio has no interval
   * @param fasterAbove the faster side at larger widths, up to the next crossing
   */
  public record Crossing(double width, Optional<Interval> interval, Side fasterAbove) {

    /** Whether a measured width bounds the interval; without a bound the place is unknown. */
    public boolean isLocated() {
      return interval.isPresent()
          && (interval.get().lower() > 0 || interval.get().upper() < Double.POSITIVE_INFINITY);
    }
  }

  /**
   * Finds all crossings.
   *
   * @param points in any order
   * @throws IllegalArgumentException if a width is not positive or occurs twice
   */
  public static Crossover of(List<Point> points) {
    List<Point> sorted = points.stream().sorted(Comparator.comparingDouble(Point::width)).toList();
    for (int i = 0; i < sorted.size(); i++) {
      double width = sorted.get(i).width();
      if (!(width > 0) || (i > 0 && width == sorted.get(i - 1).width())) {
        throw new IllegalArgumentException("width " + width);
      }
    }
    LogRatios ratios = LogRatios.of(sorted);
    List<Crossing> crossings = new ArrayList<>();
    int previous = -1;
    for (int i = 0; i < sorted.size(); i++) {
      double here = ratios.at(i);
      if (here == 0) {
        continue;
      }
      if (previous >= 0 && here * ratios.at(previous) < 0) {
        double crossing = ratios.zero(previous, i);
        crossings.add(
            new Crossing(
                ratios.width(crossing),
                ratios.interval(crossing),
                here < 0 ? Side.SUBJECT : Side.BASELINE));
      }
      previous = i;
    }
    return new Crossover(crossings);
  }
}
