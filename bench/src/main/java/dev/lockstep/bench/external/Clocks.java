package dev.lockstep.bench.external;

/**
 * Times of the same work by two clocks.
 *
 * @param program seconds by the program's own
 * @param host seconds from the request to its answer
 */
public record Clocks(double program, double host) {
  static final Clocks ZERO = new Clocks(0, 0);

  Clocks plus(double programs, double hosts) {
    return new Clocks(program + programs, host + hosts);
  }
}
