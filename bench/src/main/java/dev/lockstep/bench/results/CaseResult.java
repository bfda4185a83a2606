package dev.lockstep.bench.results;

import dev.lockstep.agreement.Percent;
import dev.lockstep.bench.statistics.Blocks;
import dev.lockstep.bench.statistics.Forks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.descriptive.Median;

/**
 * All of a case.
 *
 * @param of the case
 * @param flops floating-point operations of a call; 0 if they are not counted
 * @param bytes read and written by a call; 0 if they are not counted
 * @param stop why there are no more forks; empty while there may be
 * @param failure why a fork has no number; empty if none failed
 * @param forks in the order of their numbers
 */
public record CaseResult(
    Case of, double flops, double bytes, String stop, String failure, List<ForkResult> forks) {

  private static final int FORKS_OF_A_BLOCK = 2;

  public CaseResult {
    forks = List.copyOf(forks);
  }

  /** How far a program's clock and the host's may be apart. */
  public static final double CLOCKS_AGREE = 0.05;

  /**
   * Nanoseconds a call: a program's by its own clock, everything else by the host's.
   *
   * @throws IllegalArgumentException if there is no fork
   */
  public Forks samples() {
    return new Forks(
        forks.stream()
            .map(fork -> fork.times().stream().mapToDouble(Double::doubleValue).toArray())
            .toList());
  }

  /**
   * By how much the host's clock exceeds a program's own, over all forks: 0.1 for a tenth; 0 where
   * there is only the host's. What a program leaves out of its times shows here.
   */
  public double clockDifference() {
    double own = 0;
    double host = 0;
    for (ForkResult fork : forks) {
      if (!fork.programNanoseconds().isEmpty()) {
        own += median(fork.programNanoseconds());
        host += median(fork.nanoseconds());
      }
    }
    return own == 0 ? 0 : host / own - 1;
  }

  private static double median(List<Double> values) {
    return Median.withDefaults()
        .evaluate(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The same by the device's events; empty where there is no device. */
  public Optional<Forks> deviceSamples() {
    List<double[]> times =
        forks.stream()
            .map(
                fork ->
                    fork.deviceNanoseconds().stream().mapToDouble(Double::doubleValue).toArray())
            .filter(fork -> fork.length > 0)
            .toList();
    return times.isEmpty() ? Optional.empty() : Optional.of(new Forks(times));
  }

  /**
   * The blocks that this and another case have whole, this one as the subject: a block that was cut
   * off by a kill counts for nothing.
   *
   * @return empty if the two were not measured beside each other
   */
  public List<Blocks.Block> blocksBeside(CaseResult baseline) {
    List<Blocks.Block> blocks = new ArrayList<>();
    for (int number = 1; number <= lastBlock(); number++) {
      List<double[]> own = block(number);
      List<double[]> others = baseline.block(number);
      if (own.size() == FORKS_OF_A_BLOCK && others.size() == FORKS_OF_A_BLOCK) {
        blocks.add(new Blocks.Block(new Forks(own), new Forks(others)));
      }
    }
    return blocks;
  }

  /** The largest number of a block with a fork of this case; 0 if there is none. */
  public int lastBlock() {
    return forks.stream().mapToInt(ForkResult::block).max().orElse(0);
  }

  private List<double[]> block(int number) {
    return forks.stream()
        .filter(fork -> fork.block() == number)
        .map(ForkResult::times)
        .map(times -> times.stream().mapToDouble(Double::doubleValue).toArray())
        .toList();
  }

  /** {@code bits}, or {@code bound, 12%}: how it was verified. */
  public String verified() {
    double share = 0;
    long bounded = 0;
    for (ForkResult fork : forks) {
      for (ForkResult.Verified verified : fork.verifications()) {
        share = Math.max(share, verified.share());
        bounded += verified.bounded();
      }
    }
    return bounded == 0 ? "bits" : "bound, " + Percent.of(share);
  }
}
