package dev.lockstep.bench.statistics;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A piecewise linear curve of log ratios over log widths. A place on the curve is the index of a
 * width plus the share of the way to the next width.
 *
 * @param logWidths ascending
 * @param logs the logarithms of the ratios
 * @param halves the distances from each log ratio to the end of its interval towards 0; NaN for a
 *     ratio without an interval
 */
record LogRatios(List<Double> logWidths, List<Double> logs, List<Double> halves) {

  static LogRatios of(List<Crossover.Point> ascending) {
    return new LogRatios(
        ascending.stream().map(point -> Math.log(point.width())).toList(),
        ascending.stream().map(point -> Math.log(point.ratio().value())).toList(),
        ascending.stream().map(point -> half(point.ratio())).toList());
  }

  private static double half(Estimate ratio) {
    double log = Math.log(ratio.value());
    return ratio
        .interval(Inference.CONFIDENCE)
        .map(
            interval ->
                log > 0 ? log - Math.log(interval.lower()) : Math.log(interval.upper()) - log)
        .orElse(Double.NaN);
  }

  double at(int index) {
    return logs.get(index);
  }

  /**
   * The place where the curve passes 0 between two indices of opposite signs. If there are points
   * between them, all of which are 0, it is the middle.
   */
  double zero(int before, int after) {
    return after == before + 1
        ? before + at(before) / (at(before) - at(after))
        : (before + after) / 2.0;
  }

  double width(double place) {
    int index = Math.min((int) place, logWidths.size() - 2);
    double share = place - index;
    return Math.exp((1 - share) * logWidths.get(index) + share * logWidths.get(index + 1));
  }

  /** The widths around a zero at which the interval of the log ratio contains 0. */
  Optional<Interval> interval(double zero) {
    OptionalDouble lower = edge(zero, -1);
    OptionalDouble upper = edge(zero, 1);
    return lower.isPresent() && upper.isPresent()
        ? Optional.of(new Interval(lower.getAsDouble(), upper.getAsDouble()))
        : Optional.empty();
  }

  /**
   * Walks from a zero in one direction to the first place whose interval has 0 as an end.
   *
   * @return the width there; 0 or infinity if there is no such place; empty if an interval is
   *     missing on the way
   */
  private OptionalDouble edge(double zero, int direction) {
    int last = logs.size() - 1;
    double from = zero;
    while (direction < 0 ? from > 0 : from < last) {
      double to = direction < 0 ? Math.ceil(from) - 1 : Math.floor(from) + 1;
      int left = (int) Math.min(Math.floor(from), to);
      if (Double.isNaN(halves.get(left)) || Double.isNaN(halves.get(left + 1))) {
        return OptionalDouble.empty();
      }
      double place = firstOutside(left, from, to);
      if (!Double.isNaN(place)) {
        return OptionalDouble.of(width(place));
      }
      from = to;
    }
    return OptionalDouble.of(direction < 0 ? 0 : Double.POSITIVE_INFINITY);
  }

  /**
   * The root of r(s)^2 - h(s)^2 nearest to {@code from} on the way to {@code to}, both on the
   * segment right of {@code left}; NaN if there is none.
   */
  private double firstOutside(int left, double from, double to) {
    double r1 = logs.get(left);
    double slope = logs.get(left + 1) - r1;
    double h1 = halves.get(left) * halves.get(left);
    double h2 = halves.get(left + 1) * halves.get(left + 1);
    double a = slope * slope - h1 - h2;
    double b = 2 * (r1 * slope + h1);
    double c = r1 * r1 - h1;
    double nearest = Double.NaN;
    for (double root : roots(a, b, c)) {
      double place = left + root;
      boolean onTheWay = (place - from) * (to - place) >= 0;
      if (onTheWay && !(Math.abs(place - from) >= Math.abs(nearest - from))) {
        nearest = place;
      }
    }
    return nearest;
  }

  /** The real roots of a x^2 + b x + c, without cancellation. */
  private static double[] roots(double a, double b, double c) {
    double discriminant = b * b - 4 * a * c;
    if (discriminant < 0) {
      return new double[0];
    }
    double q = -(b + Math.copySign(Math.sqrt(discriminant), b)) / 2;
    return new double[] {q / a, c / q};
  }
}
