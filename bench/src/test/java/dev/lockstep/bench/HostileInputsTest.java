package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.bench.HostileInputs.Base;
import dev.lockstep.bench.HostileInputs.Planted;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Inputs that were once mishandled, one a line of {@code hostile-inputs.txt}. A base passes, and
 * fails with the planted fault: in one sentence, without a wait, and nothing is written.
 */
final class HostileInputsTest {

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Pattern NUMBERS = Pattern.compile("\\{(\\d+)\\.\\.(\\d+)}");
  private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}&&[^\n]]");

  @TempDir static Path bases;

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  /** A line of the table. */
  private record Row(int line, String base, String planted, String command, List<String> end) {

    static Row of(int line, String text) {
      List<String> columns = Arrays.asList(text.strip().split("\\s*\\|\\s*", 5));
      return new Row(
          line, columns.get(0), columns.get(1), columns.get(2), columns.subList(3, columns.size()));
    }

    boolean isElsewhere() {
      return base.equals("-");
    }

    int code() {
      return Integer.parseInt(end.getFirst());
    }

    String sentence() {
      return end.getLast();
    }

    @Override
    public String toString() {
      return "line " + line + ": " + planted + " | " + command;
    }
  }

  private static List<Row> all() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(HostileInputsTest.class.getResourceAsStream("hostile-inputs.txt"))) {
      List<String> lines = new String(in.readAllBytes(), UTF_8).lines().toList();
      return IntStream.range(0, lines.size())
          .filter(i -> !lines.get(i).isBlank() && !lines.get(i).startsWith("#"))
          .mapToObj(i -> Row.of(i + 1, lines.get(i)))
          .toList();
    }
  }

  static Stream<Row> here() throws IOException {
    return all().stream().filter(row -> !row.isElsewhere());
  }

  static Stream<Row> elsewhere() throws IOException {
    return all().stream().filter(Row::isElsewhere);
  }

  @BeforeAll
  static void writeBases() throws IOException {
    try (Console silent = new Console()) {
      for (Base base : Base.values()) {
        base.write(Files.createDirectory(bases.resolve(base.name())));
      }
      assertThat(silent.complained()).isEmpty();
    }
  }

  private void copy(Base base) throws IOException {
    try (Stream<Path> files = Files.list(bases.resolve(base.name()))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  private int run(String command) {
    console.clear();
    String[] words =
        Arrays.stream(command.split(" +")).map(HostileInputsTest::word).toArray(String[]::new);
    return assertTimeoutPreemptively(LIMIT, () -> Lockstep.run(words));
  }

  private static String word(String text) {
    String numbers = NUMBERS.matcher(text).replaceAll(HostileInputsTest::numbers);
    return ESCAPE
        .matcher(numbers)
        .replaceAll(code -> String.valueOf((char) Integer.parseInt(code.group(1), 16)));
  }

  private static String numbers(MatchResult range) {
    return IntStream.rangeClosed(Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)))
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(","));
  }

  /** Names and sizes of all files of the row. */
  private Map<String, String> files() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        boolean regular = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        found.put(file.toString(), regular ? String.valueOf(Files.size(file)) : "");
      }
    }
    return found;
  }

  @ParameterizedTest
  @EnumSource
  void theBasePasses(Base base) throws IOException {
    copy(base);

    assertThat(run(base.named(base.command(), folder))).as(console.complained()).isZero();
    assertThat(console.complained()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("here")
  void itsFaultIsNamed(Row row) throws Exception {
    Base base = Base.valueOf(row.base().toUpperCase(Locale.ROOT));
    copy(base);
    try (Planted _ = HostileInputs.plant(folder, row.planted())) {
      List<String> commands =
          row.command().isEmpty()
              ? List.of("report --text {run}", "compare {run}")
              : List.of(row.command());
      for (String command : commands) {
        answers(row, base, command);
      }
    }
  }

  private void answers(Row row, Base base, String command) throws IOException {
    Map<String, String> before = files();
    int code = run(base.named(command, folder));

    assertThat(code).as(console.complained()).isEqualTo(row.code());
    assertThat(console.printed() + console.complained()).doesNotContainPattern(CONTROL);
    String sentence = base.named(row.sentence(), folder);
    if (code == 2) {
      assertThat(console.complained())
          .hasLineCount(1)
          .startsWith("lockstep: ")
          .contains(sentence)
          .hasSizeLessThan(1200);
      assertThat(files()).isEqualTo(before);
    } else {
      assertThat(console.printed()).contains(sentence).doesNotContain("DIFFERS", "FAILED");
      assertThat(console.complained()).isEmpty();
    }
  }

  /** A test that a line names is there. */
  @ParameterizedTest
  @MethodSource("elsewhere")
  void anotherTestHasIt(Row row) throws IOException {
    String[] name = row.sentence().replaceFirst("^by ", "").split("\\.");
    try (Stream<Path> files = Files.find(Path.of(".."), 12, (file, _) -> isTest(file, name[0]))) {
      Path source = files.findFirst().orElseThrow(() -> new AssertionError("no " + name[0]));
      assertThat(source).content().contains("void " + name[1] + "(");
    }
  }

  private static boolean isTest(Path file, String name) {
    return file.endsWith(name + ".java") && file.toString().contains("src/test/java");
  }
}
