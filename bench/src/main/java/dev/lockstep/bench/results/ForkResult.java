package dev.lockstep.bench.results;

import java.util.List;

/**
 * What one JVM measured.
 *
 * @param of what it measured
 * @param number counted from 1 within its case
 * @param block that it was measured in beside the case it is compared with, counted from 1; 0 if it
 *     stands alone
 * @param seconds that the whole fork took, start and verification included
 * @param nanoseconds a call, an element an iteration, by the host's clock
 * @param deviceNanoseconds the same by the device's events; empty where there is no device
 * @param programNanoseconds the same by a program's own clock; empty where there is none
 * @param verifications before and after
 */
public record ForkResult(
    Case of,
    int number,
    int block,
    double seconds,
    List<Double> nanoseconds,
    List<Double> deviceNanoseconds,
    List<Double> programNanoseconds,
    List<Verified> verifications) {

  /**
   * What recomputing a sample came to. Only what agreed is kept: there is no number without it.
   *
   * @param when before or after timing
   * @param equal elements found equal to the bit
   * @param bounded elements held against an a-priori bound
   * @param share the largest share of a bound that was used
   * @param detail the same as a clause
   */
  public record Verified(String when, long equal, long bounded, double share, String detail) {}

  public ForkResult {
    nanoseconds = List.copyOf(nanoseconds);
    deviceNanoseconds = List.copyOf(deviceNanoseconds);
    programNanoseconds = List.copyOf(programNanoseconds);
    verifications = List.copyOf(verifications);
  }

  /** The times that count: a program's by its own clock, everything else by the host's. */
  public List<Double> times() {
    return programNanoseconds.isEmpty() ? nanoseconds : programNanoseconds;
  }
}
