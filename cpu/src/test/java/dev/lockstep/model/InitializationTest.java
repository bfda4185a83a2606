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
        .map(
            form ->
                form.replace("RANDOM", "normal:X")
                    .replace("X", "0.5")
                    .replace("N+N", "3+30")
                    .replace("FILE", "net.npz"));
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
        "orthogonal:",
        "copiesX",
        "copies:",
        "copies:normal",
        "copies:normal:x",
        "copies:uniform:0.1:2"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Initialization.parse("--init", text))
        .isInstanceOf(InputException.class)
        .hasMessage("--init: initialization is %s, expected one of %s", text, Initialization.FORMS);
  }

  @ParameterizedTest
  @MethodSource("notRandom")
  void onlyRandomUnitsAreCopied(String text) {
    assertThatThrownBy(() -> Initialization.parse("--init", "copies:" + text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--init: initialization is copies:" + text.substring(0, 4))
        .hasMessageEndingWith(
            ", expected copies of a random initialisation, such as copies:normal:0.05");
  }

  /** The last would be a stack as deep as it has parts. */
  static Stream<String> notRandom() {
    return Stream.concat(
        forms().filter(form -> !Initialization.parse("test", form).isRandom()),
        Stream.of("copies:".repeat(100_000) + "glorot-uniform"));
  }

  @Test
  void copiesAreOfGlorotUniformUnlessTheySayOtherwise() {
    assertThat(Initialization.parse("test", "copies:glorot-uniform"))
        .isEqualTo(Initialization.parse("test", "copies"))
        .hasToString("copies");
  }

  /** Only then is lockstep to be expected. */
  @Test
  void oneGroupIsEqualUnits() {
    assertThat(Initialization.parse("test", "groups:33").unitsStartEqual()).isTrue();
    assertThat(Initialization.parse("test", "groups:32+1").unitsStartEqual()).isFalse();
  }
}
