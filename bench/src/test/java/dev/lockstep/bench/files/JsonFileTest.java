package dev.lockstep.bench.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records written to files and read from files that anybody may have changed. */
final class JsonFileTest {

  private static final String SOUND =
      """
      {
        "zeroth" : "text",
        "a-share" : 0.5,
        "count" : 42,
        "names" : [ "a", "b" ],
        "by-name" : {
          "z" : "1",
          "a" : "2"
        },
        "inner" : [ {
          "long-number" : 1099511627776
        } ],
        "mode" : "FAST",
        "sound" : true,
        "boxed" : 8
      }\
      """;

  private static final Outer RECORD =
      new Outer(
          "text",
          0.5,
          42,
          List.of("a", "b"),
          new java.util.TreeMap<>(java.util.Comparator.<String>reverseOrder()),
          List.of(new Inner(1L << 40)),
          Mode.FAST,
          true,
          8);

  static {
    RECORD.byName().putAll(Map.of("z", "1", "a", "2"));
  }

  @TempDir Path folder;

  record Outer(
      String zeroth,
      double aShare,
      int count,
      List<String> names,
      Map<String, String> byName,
      List<Inner> inner,
      Mode mode,
      boolean sound,
      Integer boxed) {}

  enum Mode {
    FAST,
    SLOW
  }

  record Inner(long longNumber) {}

  private Outer read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), text);
    return JsonFile.read(file, JsonFile.tree(file), Outer.class);
  }

  @Test
  void aRecordIsWrittenInItsOrderAndReadBack() throws IOException {
    Path file = folder.resolve("x.json");
    JsonFile.write(file, RECORD);
    assertThat(file).hasContent(SOUND);
    assertThat(JsonFile.tree(RECORD)).isEqualTo(JsonFile.tree(file));
    assertThat(read(SOUND)).isEqualTo(RECORD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"text\"            | 7               | zeroth is 7, expected a text",
        "\"text\"            | null            | zeroth is null, expected a text",
        "\"zeroth\"          | \"other\"       | zeroth is missing, expected a text",
        "0.5                 | \"0.5\"         | a-share is \"0.5\", expected a number",
        "0.5                 | \"NaN\"         | a-share is \"NaN\", expected a number",
        "0.5                 | \"-Infinity\"   | a-share is \"-Infinity\", expected a number",
        "0.5                 | null            | a-share is null, expected a number",
        "\"FAST\"            | \"fast\"        | mode is \"fast\", expected one of FAST, SLOW",
        "\"FAST\"            | 1               | mode is 1, expected one of FAST, SLOW",
        "true                | \"true\"        | sound is \"true\", expected true or false",
        "true                | 1               | sound is 1, expected true or false",
        "8                   | \"7\"           | boxed is \"7\", expected a number",
        "8                   | 7.5             | boxed is 7.5, expected a number",
        "\"a-share\"         | \"share\"       | a-share is missing, expected a number",
        "42                  | 7.5             | count is 7.5, expected a number",
        "42                  | 1e99            | count is 1.0E99, expected a number",
        "42                  | 9999999999      | count is 9999999999, expected a number",
        "42                  | true            | count is true, expected a number",
        "42                  | {}              | count is {}, expected a number",
        "[ \"a\", \"b\" ]    | \"a\"           | names is \"a\", expected a list",
        "[ \"a\", \"b\" ]    | null            | names is null, expected a list",
        "\"b\" ]             | null ]          | names is null, expected a text",
        "\"b\" ]             | [] ]            | names is [], expected a text",
        "\"1\"               | 1               | z is 1, expected a text",
        "\"1\"               | null            | z is null, expected a text",
        "1099511627776       | \"x\"           | long-number is \"x\", expected a number",
        "\"long-number\"     | \"short\"       | long-number is missing, expected a number",
        "\"count\"           | \"new\" : 1, \"count\" | new is 1, and no such field is known",
        "\"inner\" : [       | \"inner\" : [ 3, | inner is 3, expected an object",
      })
  void whatIsMissingOrOfAnotherTypeIsOneSentence(String from, String to, String complaint) {
    assertThat(SOUND).contains(from);
    assertThatThrownBy(() -> read(SOUND.replace(from, to)))
        .isInstanceOf(InputException.class)
        .hasMessage(folder.resolve("x.json") + ": " + complaint);
  }

  @Test
  void whatIsNoObjectIsRefused() {
    assertThatThrownBy(() -> read("[]"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("document is [], expected an object");
    assertThatThrownBy(() -> read("{\"a\": 1, \"a\": 2}")).hasMessageContaining("expected JSON");
    assertThatThrownBy(() -> read("{} {}")).hasMessageContaining("expected JSON");
    assertThatThrownBy(() -> read("")).hasMessageContaining("content is '', expected JSON");
    assertThatThrownBy(() -> read("{"))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith(", expected JSON");
  }
}
