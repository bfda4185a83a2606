package dev.lockstep.bench.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed.Times;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.bench.timing.Measurement.Sample;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MeasurementTest {
  private static final Protocol SHORT = new Protocol(Duration.ofMillis(1), 3, Duration.ofMillis(1));

  private static Workload workload() {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(33),
            Activation.TANH,
            new Initialization.Glorot(Initialization.Distribution.UNIFORM),
            new LearningRate.Uniform(0.1),
            33,
            1,
            11)
        .prepare(Digits.load());
  }

  @Test
  void theMedianCounts() {
    Measurement measurement =
        new Measurement(
            "product",
            "cuda",
            "AB 1x1x1",
            Verdict.AGREES,
            "sampled",
            7,
            "device",
            List.of(
                new Sample(2, Times.of(2, 18)),
                new Sample(2, Times.of(100, 6)),
                new Sample(2, Times.of(4, 8))),
            2e9);
    assertThat(measurement.wall()).isEqualTo(4);
    assertThat(measurement.own()).hasValue(2);
    assertThat(Measurement.table(List.of(measurement)).lines(80))
        .containsExactly(
            "kind     backend  what      own clock       wall  first call          rate",
            "product  cuda     AB 1x1x1  2.0000 ms  4.0000 ms        7 ms  1000 GFLOP/s");
    assertThat(measurement.json().get("windows")).hasSize(3);
    assertThat(measurement.json().get("median-device-ms").asDouble()).isEqualTo(2);
    assertThat(measurement.json().get("windows").get(1).toString())
        .isEqualTo("{\"calls\":2,\"wall-ms-a-call\":3.0,\"device-ms-a-call\":50.0}");
  }

  @Test
  void whatWasNotVerifiedHasNoNumber() {
    Measurement without = Measurement.without("step", "cuda", "w", Verdict.DIFFERS, "W1[0][0]");
    assertThat(Measurement.table(List.of(without)).lines(80).getLast())
        .endsWith("DIFFERS  W1[0][0]")
        .doesNotContain(" ms ");
    assertThat(without.json().toString()).doesNotContain("ms");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Measurement(
                    "step",
                    "cuda",
                    "w",
                    Verdict.DIFFERS,
                    "",
                    0,
                    "device",
                    List.of(new Sample(1, Times.of(1, 1))),
                    0));
  }

  @Test
  void aStepOnTheCpuIsComparedWithScalar() {
    Backend vector = Backends.named("test", "vector");
    Measurement right =
        new Timings(vector, new Resources(1), SHORT).step(workload(), Submission.GRAPH);
    assertThat(right.verdict()).isEqualTo(Verdict.AGREES);
    assertThat(right.samples()).hasSize(3);
    assertThat(right.own()).isEmpty();
  }
}
