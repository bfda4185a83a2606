package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTest {

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum:0.9", "nesterov:0.5", "adam", "adam:0.8:0.95:1.0E-4"})
  void textFormsAreReadBack(String text) {
    assertThat(Rule.parse("test", text)).hasToString(text);
  }

  @Test
  void theUsualAdamIsThatOfItsAuthors() {
    assertThat(Rule.parse("test", "adam")).isEqualTo(new Rule.Adam(0.9f, 0.999f, 1e-8f));
    assertThat(Rule.parse("test", "adam:0.9:0.999:1e-8")).hasToString("adam");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SGD",
        "sgd:1",
        "momentum",
        "momentum:1",
        "momentum:-0.1",
        "momentum:NaN",
        "nesterov:0.9:1",
        "adam:0.9",
        "adam:0.9:0.999",
        "adam:1:0.999:1e-8",
        "adam:0.9:0.999:0",
        "adam:0.9:0.999:Infinity",
        "rmsprop"
      })
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> Rule.parse("--optimizer", text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--optimizer: optimizer is ")
        .hasMessageContaining("expected one of sgd, momentum:X, nesterov:X, adam,");
  }
}
