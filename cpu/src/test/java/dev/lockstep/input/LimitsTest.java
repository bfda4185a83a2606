package dev.lockstep.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class LimitsTest {

  private static final Path DOCS = Path.of("../docs/limits.md");

  @Test
  void allAreListedOnce() {
    List<Object> constants =
        Arrays.stream(Limits.class.getDeclaredFields())
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .filter(field -> field.getType() == Limits.class)
            .map(LimitsTest::value)
            .toList();
    assertThat(Limits.ALL).doesNotHaveDuplicates();
    assertThat(List.<Object>copyOf(Limits.ALL)).containsExactlyInAnyOrderElementsOf(constants);
    assertThat(Limits.ALL.stream().map(Limits::name)).doesNotHaveDuplicates();
  }

  private static Object value(Field constant) {
    try {
      return constant.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /** The table between the two marks, in the order of the record. */
  @Test
  void theDocumentationListsThem() throws Exception {
    String table =
        Limits.ALL.stream()
            .map(
                limit ->
                    String.format(
                        Locale.ROOT,
                        "| %s | %,d %s | %s |",
                        limit.name(),
                        limit.value(),
                        limit.unit(),
                        limit.reason()))
            .collect(Collectors.joining("\n", "| what | at most | why |\n|---|---|---|\n", "\n"));
    assertThat(Files.readString(DOCS)).contains(table);
  }

  @Test
  void whatExceedsALimitIsNamed() {
    Limits limit = new Limits("doors", 3, "doors", "it is a small house");
    assertThatCode(() -> limit.require("house.json", "doors", 3)).doesNotThrowAnyException();
    assertThatThrownBy(() -> limit.require("house.json", "doors", 4))
        .isInstanceOf(InputException.class)
        .hasMessage("house.json: doors is 4, expected at most 3 doors");
  }
}
