package dev.lockstep.bench.external;

/**
 * The duration of the same work by two clocks.
 *
 * @param program seconds by the program's own clock
 * @param host seconds from the request to the answer
 */
public record Clocks(double program, double host) {
  static final Clocks ZERO = new Clocks(0, 0);

  Clocks plus(Clocks other) {
    return new Clocks(program + other.program, host + other.host);
  }
}
