package dev.lockstep.gpu.training;

import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.List;

/** Networks on the embedded digits: 1347 training rows, so 5 steps of 250 rows an epoch. */
final class Workloads {
  private static final Dataset DIGITS = Digits.load();
  private static final long SEED = 11;

  private Workloads() {}

  static Workload random(Activation activation, int batch, Integer... hidden) {
    return prepare(
        activation, new Initialization.Glorot(Initialization.Distribution.UNIFORM), batch, hidden);
  }

  static Workload equalUnits(Activation activation, int batch, Integer... hidden) {
    return prepare(activation, new Initialization.EqualUnits(), batch, hidden);
  }

  static Workload withRule(Rule rule, int batch, Integer... hidden) {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(hidden),
            Activation.TANH,
            new Initialization.Glorot(Initialization.Distribution.UNIFORM),
            Loss.CROSS_ENTROPY,
            0,
            new Learning(new LearningRate.Uniform(0.01), rule, new Schedule.Constant(), 0),
            batch,
            0,
            SEED)
        .prepare(DIGITS);
  }

  /** Two hidden layers, trained as is said here. */
  static Workload learning(Activation activation, Learning learning, double noise) {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(33, 7),
            activation,
            new Initialization.Glorot(Initialization.Distribution.UNIFORM),
            Loss.CROSS_ENTROPY,
            noise,
            learning,
            33,
            0,
            SEED)
        .prepare(DIGITS);
  }

  private static Workload prepare(
      Activation activation, Initialization initialization, int batch, Integer... hidden) {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(hidden),
            activation,
            initialization,
            new LearningRate.Uniform(0.1),
            batch,
            0,
            SEED)
        .prepare(DIGITS);
  }
}
