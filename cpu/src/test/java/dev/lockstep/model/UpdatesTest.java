package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class UpdatesTest {

  private static final Network NETWORK = new Network(2, List.of(4, 8), Activation.TANH, 3);

  private static Updates updates(LearningRate rate, String rule, String schedule, double decay) {
    return new Updates(
        new Learning(rate, Rule.parse("test", rule), Schedule.parse("test", schedule), decay)
            .optimizer(NETWORK));
  }

  @Test
  void plainDescentIsPlain() {
    Updates sgd = updates(new LearningRate.Uniform(0.1), "sgd", "constant", 0);
    assertThat(sgd.update("W2", 7)).isEqualTo(Update.sgd(0.1f));
    assertThat(sgd.update("W2", 7).isPlain()).isTrue();
    Updates decaying = updates(new LearningRate.Uniform(0.1), "sgd", "constant", 0.01);
    assertThat(decaying.update("W2", 7).isPlain()).isFalse();
    assertThat(decaying.update("b2", 7).isPlain()).as("biases do not decay").isTrue();
  }

  @Test
  void aScheduleMultipliesRatesInBinary32() {
    Updates stairs = updates(new LearningRate.Uniform(0.1), "momentum:0.9", "step:3:0.3", 0);
    assertThat(stairs.update("W1", 2).rate()).isEqualTo(0.1f);
    assertThat(stairs.update("W1", 3).rate()).isEqualTo(0.1f * 0.3f);
    assertThat(stairs.update("b3", 6).rate()).isEqualTo(0.1f * (float) (0.3 * 0.3));
  }

  /** Corrections of the first steps, from the closed forms 1 / (1 - b^t). */
  @Test
  void adamsCorrectionsAreThoseOfItsAuthors() {
    Updates adam = updates(new LearningRate.Uniform(1), "adam", "constant", 0);
    double first = 0.9f;
    double second = 0.999f;
    for (int t : new int[] {1, 2, 10, 1000, 3, 1}) {
      Update update = adam.update("W1", t - 1);
      assertThat((double) update.rate())
          .as("step %d", t)
          .isCloseTo(1 / (1 - Math.pow(first, t)), within(1e-6));
      assertThat((double) update.correction())
          .as("step %d", t)
          .isCloseTo(1 / (1 - Math.pow(second, t)), within(1e-6 / (1 - Math.pow(second, t))));
    }
    assertThat(adam.update("W1", 0).correction()).isCloseTo(1000, within(0.1f));
  }

  /** Widths 1 (for the input), 4, 8 and 1 (for the output). */
  @Test
  void theQuotientRuleFollowsTheWidths() {
    Updates sgd = updates(new LearningRate.Quotient(0.5), "nesterov:0.5", "constant", 0.25);
    assertThat(sgd.update("W1", 0).rate()).isEqualTo(2);
    assertThat(sgd.update("W2", 0).rate()).isEqualTo(1);
    assertThat(sgd.update("W3", 0).rate()).isEqualTo(0.0625f);
    assertThat(sgd.update("b2", 0).rate()).isEqualTo(4);
    assertThat(sgd.update("W1", 0).decay()).isEqualTo(0.0625f);
    assertThat(sgd.update("W2", 0).decay()).isEqualTo(0.125f);
    assertThat(sgd.update("W3", 0).decay()).isEqualTo(2);
    Updates adam = updates(new LearningRate.Quotient(0.5), "adam:0:0:0.5", "constant", 0);
    assertThat(adam.update("W1", 0).rate()).isEqualTo(0.5f);
    assertThat(adam.update("W2", 0).rate()).isEqualTo(0.125f);
    assertThat(adam.update("W3", 0).rate()).isEqualTo(0.0625f);
    assertThat(adam.update("b2", 0).rate()).isEqualTo(0.5f);
    assertThat(adam.update("W2", 0).rule().epsilon()).isEqualTo(0.0625f);
    assertThat(adam.update("W3", 0).rule().epsilon()).isEqualTo(0.5f);
  }
}
