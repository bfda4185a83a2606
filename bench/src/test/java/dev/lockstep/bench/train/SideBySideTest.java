package dev.lockstep.bench.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioField;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SideBySideTest {

  @ParameterizedTest
  @CsvSource({
    "glorot-uniform, 0.1,          copies,             quotient:0.1",
    "normal:0.05,    0.1,          copies:normal:0.05, quotient:0.1",
    "copies,         quotient:0.1, glorot-uniform,     0.1",
    "copies:he-normal, 0.1,        he-normal,          0.1",
    "equal,          quotient:0.1, glorot-uniform,     0.1",
    "zero,           0.1,          glorot-uniform,     0.1",
    "perturbed:0.1,  quotient:0.1, glorot-uniform,     0.1",
  })
  void equalUnitsAreComparedWithRandomOnes(String init, String rate, String other, String changed) {
    Scenario usual = new ScenarioOptions().scenario();
    Scenario scenario =
        new Scenario(
            usual.data(),
            usual.hidden(),
            usual.activation(),
            Initialization.parse("test", init),
            LearningRate.parse("test", rate),
            usual.batch(),
            usual.steps(),
            usual.seed());
    Scenario counterpart = SideBySide.counterpart(scenario);
    assertThat(counterpart.initialization()).hasToString(other);
    assertThat(counterpart.learning().rate()).hasToString(changed);
    for (ScenarioField<?> field : ScenarioField.ALL) {
      if (!field.name().equals("initialization") && !field.name().equals("learning-rate")) {
        assertThat(field.value().apply(counterpart))
            .as(field.name())
            .isEqualTo(field.value().apply(scenario));
      }
    }
  }
}
