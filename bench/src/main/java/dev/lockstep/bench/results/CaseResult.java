package dev.lockstep.bench.results;

import dev.lockstep.agreement.Percent;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.statistics.Blocks;
import dev.lockstep.bench.statistics.Forks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.descriptive.Median;

/**
 * Everything measured of a case.
 *
 * @param of the case
 * @param flops floating-point operations per call; 0 if not counted
 * @param bytes bytes read and written per call; 0 if not counted
 * @param stop the reason why there are no more forks; empty while more may follow
 * @param failure the reason why a fork failed; empty if none did
 * @param forks the forks in the order of their numbers
 * @param setAside the number of forks that do not count, because their JVM stood still
 */
public record CaseResult(
    Case of,
    double flops,
    double bytes,
    String stop,
    String failure,
    List<ForkResult> forks,
    int setAside) {

  private static final int FORKS_OF_A_BLOCK = 2;

  /** Copies the collections. */
  public CaseResult {
    forks = List.copyOf(forks);
  }

  /** A case of which every fork counts. */
  public CaseResult(
      Case of, double flops, double bytes, String stop, String failure, List<ForkResult> forks) {
    this(of, flops, bytes, stop, failure, forks, 0);
  }

  /** The largest relative difference between a program's clock and the host's that is accepted. */
  public static final double CLOCKS_AGREE = 0.05;

  /**
   * Nanoseconds per call, by a program's own clock if it has one, otherwise by the host's.
   *
   * @throws IllegalArgumentException if there is no fork
   */
  public Forks samples() {
    return new Forks(forks.stream().map(fork -> array(fork.times())).toList());
  }

  private static double[] array(List<Double> times) {
    return times.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * The relative excess of the host's times over a program's own, summed over all forks: 0.1 for a
   * tenth; 0 without a program's clock. It shows work that a program leaves out of its times.
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
    return Median.withDefaults().evaluate(array(values));
  }

  /** Nanoseconds per call by the device's events; empty without a device. */
  public Optional<Forks> deviceSamples() {
    List<double[]> times =
        forks.stream()
            .map(fork -> array(fork.deviceNanoseconds()))
            .filter(fork -> fork.length > 0)
            .toList();
    return times.isEmpty() ? Optional.empty() : Optional.of(new Forks(times));
  }

  /**
   * The blocks in which this case (the subject) and a baseline ran by turns. Blocks that a kill
   * left incomplete are dropped.
   *
   * @return empty if the two did not run in common blocks
   */
  public List<Blocks.Block> blocksBeside(CaseResult baseline) {
    List<Blocks.Block> blocks = new ArrayList<>();
    int[] numbers = forks.stream().mapToInt(ForkResult::block).distinct().sorted().toArray();
    for (int number : numbers) {
      List<double[]> own = block(number);
      List<double[]> others = baseline.block(number);
      if (number > 0 && own.size() == FORKS_OF_A_BLOCK && others.size() == FORKS_OF_A_BLOCK) {
        blocks.add(new Blocks.Block(new Forks(own), new Forks(others)));
      }
    }
    return blocks;
  }

  /** The largest block number among the forks; 0 if no fork ran in a block. */
  public int lastBlock() {
    return forks.stream().mapToInt(ForkResult::block).max().orElse(0);
  }

  private List<double[]> block(int number) {
    return forks.stream()
        .filter(fork -> fork.block() == number)
        .map(fork -> array(fork.times()))
        .toList();
  }

  /** Whether the case ended before its time was known as well as was asked for. */
  public boolean isUnsure() {
    return stop.contains("not known within");
  }

  /** How the case was verified: {@code bits}, or {@code bound, 12%} with the largest share used. */
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
