package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scenarios of the documentation do what their page says, to the last digit printed. */
final class WorkedScenariosTest {

  private static final Path FOLDER = Path.of("scenarios");

  /** What is trained, and on which backend. */
  private static final Predicate<String> TITLE = line -> !line.startsWith("  epoch");

  private static final Pattern HEADING = Pattern.compile("(?m)^## \\[(.+)]\\(\\1\\)$");

  static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .sorted()
          .toList();
    }
  }

  @Test
  void eachHasItsSection() throws IOException {
    Matcher headings = HEADING.matcher(page());
    assertThat(headings.results().map(result -> result.group(1)).sorted().toList())
        .isEqualTo(files())
        .hasSizeGreaterThanOrEqualTo(5);
  }

  @ParameterizedTest
  @MethodSource("files")
  void itsLastLineIsThatOfThePage(String file) {
    String printed = train("--scenario", FOLDER.resolve(file).toString());
    String last = printed.lines().reduce((_, line) -> line).orElseThrow();
    assertThat(section(file))
        .contains("lockstep train --scenario bench/scenarios/" + file + "\n")
        .contains(last + "\n");
  }

  /** Exact backends print the same, but for their name. */
  @ParameterizedTest
  @ValueSource(strings = {"two-groups.json", "deterministic.json"})
  void anyExactBackendPrintsTheSame(String file) {
    String path = FOLDER.resolve(file).toString();
    List<String> vector = train("--scenario", path).lines().dropWhile(TITLE).toList();
    List<String> scalar =
        train("--scenario", path, "--backend", "scalar").lines().dropWhile(TITLE).toList();
    assertThat(scalar).isEqualTo(vector).hasSizeGreaterThan(1);
  }

  private static String train(String... arguments) {
    try (Console console = new Console()) {
      String[] line =
          Stream.concat(Stream.of("train"), Stream.of(arguments)).toArray(String[]::new);
      assertThat(Lockstep.run(line)).as(console.complained()).isZero();
      return console.printed();
    }
  }

  private static String page() {
    try {
      return Files.readString(FOLDER.resolve("README.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String section(String file) {
    String page = page();
    int start = page.indexOf("## [" + file + "]");
    int end = page.indexOf("\n## ", start + 1);
    return page.substring(start, end < 0 ? page.length() : end);
  }
}
