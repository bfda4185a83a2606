package dev.lockstep.bench.timing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.bench.external.PythonPrograms;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever trains: what is timed can be verified. */
final class TimedStepsTest {

  @ParameterizedTest
  @CsvSource({
    "scalar, sgd, SQUARED_ERROR",
    "scalar, adam, CROSS_ENTROPY",
    "vector, momentum:0.9, CROSS_ENTROPY",
    "vector, nesterov:0.9, SQUARED_ERROR",
    "vector, adam, SQUARED_ERROR"
  })
  void stepsOfEveryRuleAndLossAreVerified(String backend, String rule, Loss loss) {
    SampleTally tally = verified(Backends.named("test", backend), rule, loss);
    assertThat(tally.verdict()).as("%s", tally).isEqualTo(Verdict.AGREES);
    assertThat(tally.equal()).isGreaterThan(5_000);
  }

  /** Of a program every number is held against its bound, Adam's moments among them. */
  @ParameterizedTest
  @CsvSource({
    "none, CROSS_ENTROPY, AGREES",
    "none, SQUARED_ERROR, AGREES",
    "optimizer-twice, CROSS_ENTROPY, DIFFERS"
  })
  void stepsOfProgramsAreVerified(String fault, Loss loss, Verdict verdict) {
    SampleTally tally = verified(PythonPrograms.broken(fault), "adam", loss);
    assertThat(tally.verdict()).as("%s", tally).isEqualTo(verdict);
    assertThat(tally.bounded()).isGreaterThan(5_000);
  }

  private static SampleTally verified(Backend backend, String rule, Loss loss) {
    Learning learning =
        new Learning(
            new LearningRate.Uniform(0.01),
            Rule.parse("test", rule),
            new Schedule.Stairs(1, 0.5),
            0.01);
    Workload workload =
        new Scenario(
                new DataSource.EmbeddedDigits(),
                List.of(33, 17),
                Activation.GELU,
                new Initialization.Glorot(Initialization.Distribution.UNIFORM),
                loss,
                0.1,
                learning,
                33,
                2,
                5)
            .prepare(Digits.load());
    try (TimedSteps steps =
        TimedSteps.open(backend, workload, new Resources(1), Submission.GRAPH)) {
      return steps.verify();
    }
  }
}
