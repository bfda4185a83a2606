package dev.lockstep.bench.results;

import dev.lockstep.bench.cases.Case;
import java.util.List;

/**
 * The measurements of one fork (a JVM).
 *
 * @param of the measured case
 * @param number the fork's number within its case, from 1
 * @param block the number, from 1, of the block in which it ran by turns with the case it is
 *     compared with; 0 outside blocks
 * @param seconds duration of the whole fork, start and verification included
 * @param nanoseconds time per call by the host's clock, one element per iteration
 * @param deviceNanoseconds time per call by the device's events; empty without a device
 * @param programNanoseconds time per call by a program's own clock; empty without such a clock
 * @param verifications the verifications before and after timing
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
   * A verification that passed; a fork without one has no times. It recomputes sampled elements.
   *
   * @param when before or after timing
   * @param equal the number of elements found equal to the bit
   * @param bounded the number of elements compared with an a-priori bound
   * @param share the largest share of a bound that was used
   * @param detail the result as a clause
   */
  public record Verified(String when, long equal, long bounded, double share, String detail) {}

  /** Copies the collections. */
  public ForkResult {
    nanoseconds = List.copyOf(nanoseconds);
    deviceNanoseconds = List.copyOf(deviceNanoseconds);
    programNanoseconds = List.copyOf(programNanoseconds);
    verifications = List.copyOf(verifications);
  }

  /** Nanoseconds per call, by a program's own clock if it has one, otherwise by the host's. */
  public List<Double> times() {
    return programNanoseconds.isEmpty() ? nanoseconds : programNanoseconds;
  }
}
