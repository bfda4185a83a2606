package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InitializationTest {

  /** What help lists, with values. */
  static Stream<String> forms() {
    return Stream.of(Initialization.FORMS.split(", ", -1))
        .map(form -> form.replace("X", "0.5").replace("N+N", "3+30").replace("FILE", "net.npz"));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyFormThatHelpListsIsRead(String form) {
    assertThat(Initialization.parse("test", form).toString()).isEqualTo(form);
  }

  @Test
  void helpListsEveryKind() {
    List<Class<?>> listed =
        forms().<Class<?>>map(form -> Initialization.parse("test", form).getClass()).toList();
    assertThat(listed).contains(Initialization.class.getPermittedSubclasses());
  }

  @Test
  void helpListsEveryActivation() {
    assertThat(Activation.LABELS)
        .isEqualTo(
            String.join(", ", Stream.of(Activation.values()).map(Activation::label).toList()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "glorot",
        "uniform",
        "uniform:",
        "uniform:x",
        "normal:1e40",
        "normal:NaN",
        "groups",
        "groups:",
        "groups:0+3",
        "groups:3++4",
        "groups:-3",
        "groups:3+1e3",
        "hadamard:1",
        "npz:",
        "orthogonal:"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Initialization.parse("--init", text))
        .isInstanceOf(InputException.class)
        .hasMessage("--init: initialization is %s, expected one of %s", text, Initialization.FORMS);
  }

  /** Only then is lockstep to be expected. */
  @Test
  void oneGroupIsEqualUnits() {
    assertThat(Initialization.parse("test", "groups:33").unitsStartEqual()).isTrue();
    assertThat(Initialization.parse("test", "groups:32+1").unitsStartEqual()).isFalse();
  }
}
