package dev.lockstep.bench.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The widths at which the faster of two backends becomes the slower one.
 *
 * <p>Between neighbouring widths the logarithm of the ratio is taken to be linear in the logarithm
 * of the width. A crossing is where it is 0. Its interval consists of the widths around it where 0
 * lies within the ratio's 95% interval, that is where neither backend is shown to be faster: the
 * ratio at a share s of the way between two widths is (1-s) r1 + s r2, and the half of its interval
 * sqrt((1-s)^2 h1^2 + s^2 h2^2), from the halves of theirs. That is Fieller's interval, not the
 * delta method's, which is finite and too narrow where the ratio hardly changes (E. C. Fieller,
 * Some Problems in Interval Estimation, J. R. Statist. Soc. B 16 (1954)).
 *
 * @param crossings with ascending widths; empty if the ratio never passes 1
 */
public record Crossover(List<Crossing> crossings) {

  /**
   * The ratio at one width.
   *
   * @param width positive
   * @param ratio the subject's time over the baseline's
   */
  public record Point(double width, Estimate ratio) {}

  /** Who is faster above a crossing. */
  public enum Side {
    SUBJECT,
    BASELINE
  }

  /**
   * One width where the ratio passes 1.
   *
   * @param width interpolated
   * @param interval from 0 where it has no lower end among the widths measured, to infinity where
   *     it has no upper one; empty if a ratio beside it has no interval
   * @param fasterAbove who is faster at larger widths, up to the next crossing
   */
  public record Crossing(double width, Optional<Interval> interval, Side fasterAbove) {

    /** Whether either end lies among the widths measured. Otherwise nothing is known of it. */
    public boolean isLocated() {
      return interval.isPresent()
          && (interval.get().lower() > 0 || interval.get().upper() < Double.POSITIVE_INFINITY);
    }
  }

  /** Copies the list. */
  public Crossover {
    crossings = List.copyOf(crossings);
  }

  /**
   * Looks for crossings.
   *
   * @param points in any order
   * @throws IllegalArgumentException if a width is not positive or stands twice
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
