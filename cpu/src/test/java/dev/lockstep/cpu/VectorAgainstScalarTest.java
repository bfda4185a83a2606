package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.data.Teacher;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random small scenarios, every one repeatable from its seed: equal bits after every step. */
@Tag("vector-width")
final class VectorAgainstScalarTest {

  private static final long SEED = 20_250_917;
  private static final int SCENARIOS = 240;
  private static final Dataset DIGITS = Digits.load();
  private static final List<String> INITIALIZATIONS =
      List.of(
          "glorot-uniform",
          "glorot-normal",
          "he-uniform",
          "he-normal",
          "equal",
          "perturbed:0.001",
          "constant:0.01",
          "zero");

  @BeforeAll
  static void requireVectors() {
    Assumptions.assumeTrue(
        new VectorBackend().availability(new Resources(1)) instanceof Availability.Available,
        "skipped: " + new VectorBackend().availability(new Resources(1)));
  }

  @Test
  void trainsWithTheBitsOfScalar() {
    Random seeds = new Random(SEED);
    for (int i = 0; i < SCENARIOS; i++) {
      compare(seeds.nextLong());
    }
  }

  private static void compare(long seed) {
    Random random = new Random(seed);
    boolean digits = random.nextBoolean();
    int inputs = 1 + random.nextInt(40);
    int classes = 2 + random.nextInt(20);
    List<Integer> hidden = new ArrayList<>();
    for (int layer = random.nextInt(4); layer > 0; layer--) {
      hidden.add(1 + random.nextInt(70));
    }
    Scenario scenario =
        new Scenario(
            DataSource.parse("test", digits ? "digits" : "teacher:" + inputs + "x" + classes),
            hidden,
            Activation.values()[random.nextInt(Activation.values().length)],
            Initialization.parse(
                "test", INITIALIZATIONS.get(random.nextInt(INITIALIZATIONS.size()))),
            LearningRate.parse(
                "test", (random.nextBoolean() ? "quotient:" : "") + random.nextFloat()),
            1 + random.nextInt(40),
            3 + random.nextInt(3),
            seed);
    int threads = 1 + random.nextInt(3);
    Dataset data = digits ? DIGITS : Teacher.generate(inputs, classes, 100, 20, seed);
    compare(scenario, scenario.prepare(data), threads);
  }

  private static void compare(Scenario scenario, Workload workload, int threads) {
    try (Trainer scalar = new ScalarBackend().open(workload, new Resources(1));
        Trainer vector = new VectorBackend().open(workload, new Resources(threads))) {
      for (int step = 1; step <= scenario.steps(); step++) {
        assertThat(vector.run(1))
            .as("loss of step %d on %d threads, %s", step, threads, scenario)
            .isEqualTo(scalar.run(1));
        Difference.first(step, scalar.parameters(), vector.parameters())
            .ifPresent(
                difference ->
                    fail(
                        String.format(
                            Locale.ROOT, "%s on %d threads, %s", difference, threads, scenario)));
      }
      assertThat(vector.evaluate(workload.data().test()))
          .as("evaluation on %d threads, %s", threads, scenario)
          .isEqualTo(scalar.evaluate(workload.data().test()));
      assertThat(vector.stoppedAt()).isEqualTo(scalar.stoppedAt());
    }
  }
}
