package dev.lockstep.bench.statistics;

import dev.lockstep.bench.statistics.Blocks.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Synthetic times whose true ratio is known: lognormal between forks and within them, and what real
 * machines add to that.
 *
 * @param between standard deviation of a fork's logarithm
 * @param within standard deviation of an iteration's logarithm about its fork's
 * @param autocorrelation of successive iterations
 * @param wild share of iterations that take up to three times as long, and of forks that take a
 *     tenth longer
 */
record Noise(double between, double within, double autocorrelation, double wild) {

  static final Noise QUIET = new Noise(0.01, 0.02, 0, 0);
  static final Noise LOGNORMAL = new Noise(0.02, 0.03, 0, 0);
  static final Noise CORRELATED = new Noise(0.02, 0.03, 0.8, 0);
  static final Noise WILD = new Noise(0.02, 0.03, 0.5, 0.1);

  static final List<Noise> ALL = List.of(QUIET, LOGNORMAL, CORRELATED, WILD);

  /** How much the machine's speed differs from block to block. */
  private static final double DRIFT = 0.1;

  Noise betweenForks(double deviation) {
    return new Noise(deviation, within, autocorrelation, wild);
  }

  /** Forks whose iterations take about {@code centre}. */
  Forks forks(SplittableRandom random, int forks, int iterations, double centre) {
    List<double[]> times = new ArrayList<>();
    for (int fork = 0; fork < forks; fork++) {
      double level = Math.log(centre) + between * random.nextGaussian();
      if (random.nextDouble() < wild) {
        level += Math.log(1.1);
      }
      double[] iterationTimes = new double[iterations];
      double state = random.nextGaussian();
      for (int i = 0; i < iterations; i++) {
        double log = level + within * state;
        if (random.nextDouble() < wild) {
          log += random.nextDouble() * Math.log(3);
        }
        iterationTimes[i] = Math.exp(log);
        state =
            autocorrelation * state
                + Math.sqrt(1 - autocorrelation * autocorrelation) * random.nextGaussian();
      }
      times.add(iterationTimes);
    }
    return new Forks(times);
  }

  /** Blocks of two forks an arm, on a machine whose speed drifts, with a true ratio. */
  Blocks blocks(SplittableRandom random, int blocks, int iterations, double ratio) {
    List<Block> drawn = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      double speed = Math.exp(DRIFT * random.nextGaussian());
      drawn.add(
          new Block(
              forks(random, 2, iterations, speed * ratio), forks(random, 2, iterations, speed)));
    }
    return new Blocks(drawn);
  }
}
