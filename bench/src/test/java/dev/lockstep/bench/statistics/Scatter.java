package dev.lockstep.bench.statistics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** How much the forks of a run's cases scatter; the true time of each case is 1. */
enum Scatter {
  /** All cases alike. */
  EQUAL("alike"),
  /** Variances from the prior that is fitted, with four degrees of freedom. */
  SPREAD("different (d0 = 4)"),
  /** A fifth of the cases has ten times the variance of the others. */
  NOISY_FIFTH("a fifth with ten times the variance"),
  /** The same, with ten times the standard deviation. */
  WILD_FIFTH("a fifth with ten times the deviation"),
  /** As SPREAD, and every round is slow or fast as a whole, by as much as the cases scatter. */
  ROUNDS("different, and rounds differ as much");

  private final String label;

  Scatter(String label) {
    this.label = label;
  }

  /** A drawn run. */
  record Run(double[] deviations, double[][] logs) {

    /** The first forks of each case. */
    Map<Integer, Forks> forks(int count) {
      return forks(_ -> count);
    }

    Map<Integer, Forks> forks(IntUnaryOperator counts) {
      Map<Integer, Forks> forks = new LinkedHashMap<>();
      for (int i = 0; i < logs.length; i++) {
        forks.put(i, forks(i, counts.applyAsInt(i)));
      }
      return forks;
    }

    /** The first forks of a case. */
    Forks forks(int of, int count) {
      return new Forks(
          DoubleStream.of(logs[of])
              .limit(count)
              .mapToObj(log -> new double[] {Math.exp(log)})
              .toList());
    }

    /** The cases that scatter most, a fifth of all. */
    List<Integer> noisiestFifth() {
      return IntStream.range(0, deviations.length)
          .boxed()
          .sorted(Comparator.comparingDouble(i -> -deviations[i]))
          .limit(Math.max(1, deviations.length / 5))
          .toList();
    }
  }

  Run draw(SplittableRandom random, int cases, int forks, double deviation) {
    double[] deviations = new double[cases];
    Arrays.setAll(deviations, i -> deviation * factor(random, i));
    double[] rounds = new double[forks];
    Arrays.setAll(rounds, _ -> this == ROUNDS ? deviation * random.nextGaussian() : 0);
    double[][] logs = new double[cases][forks];
    for (int i = 0; i < cases; i++) {
      for (int fork = 0; fork < forks; fork++) {
        logs[i][fork] = rounds[fork] + deviations[i] * random.nextGaussian();
      }
    }
    return new Run(deviations, logs);
  }

  private double factor(SplittableRandom random, int index) {
    return switch (this) {
      case EQUAL -> 1;
      case NOISY_FIFTH -> index % 5 == 0 ? Math.sqrt(10) : 1;
      case WILD_FIFTH -> index % 5 == 0 ? 10 : 1;
      case SPREAD, ROUNDS -> {
        double sum = 0;
        for (int i = 0; i < 4; i++) {
          double normal = random.nextGaussian();
          sum += normal * normal;
        }
        yield Math.sqrt(4 / sum);
      }
    };
  }

  @Override
  public String toString() {
    return label;
  }
}
