package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.external.CanonicalProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs in the commands: they are given by a flag, each time, and by nothing else. */
final class ProgramCommandsTest {
  private static final List<String> ONE_CELL =
      List.of(
          "--width=7",
          "--batch=33",
          "--depth=1",
          "--activation=tanh",
          "--init=random",
          "--optimizer=sgd",
          "--loss=cross-entropy",
          "--noise=0",
          "--steps=3");

  @RegisterExtension final Console console = new Console();

  @TempDir Path folder;

  private static String program(String name, String... arguments) {
    return name
        + "="
        + CanonicalProgram.command(CanonicalProgram.class, arguments).stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
  }

  private static int run(List<String> first, String... more) {
    List<String> arguments = new ArrayList<>(first);
    arguments.addAll(List.of(more));
    return Lockstep.run(arguments.toArray(String[]::new));
  }

  /** No program of a test is known to the next class. */
  @AfterAll
  static void forgetPrograms() {
    assertThat(Lockstep.run("check", "--list", "--width=7")).isZero();
  }

  @Test
  void checkJudgesAProgramLikeAnyBackend() {
    List<String> check = new ArrayList<>(List.of("check"));
    check.addAll(ONE_CELL);
    assertThat(run(check, "--program", program("mine"), "--backends=scalar,mine")).isZero();
    assertThat(console.printed()).containsPattern("mine +exact +- +7 classes +AGREES \\(bits\\)");
  }

  /** A program that says nothing of normalization is not asked for it. */
  @Test
  void checkSaysWhoDoesNotNormalize() {
    List<String> check = new ArrayList<>(List.of("check"));
    check.addAll(ONE_CELL);
    check.add("--normalization=batch");
    assertThat(run(check, "--program", program("mine"), "--backends=scalar,mine")).isZero();
    assertThat(console.printed()).containsPattern("mine +exact +- +7 classes +AGREES \\(bits\\)");
    String plain = program("plain", CanonicalProgram.WITHOUT_OPTIONS);
    run(check, "--program", plain, "--backends=scalar,plain");
    assertThat(console.printed())
        .contains("plain: UNSUPPORTED when opened: plain does not support batch normalization");
  }

  @Test
  void aProgramThatIsGivenMustRun() {
    List<String> check = new ArrayList<>(List.of("check"));
    check.addAll(ONE_CELL);
    assertThat(run(check, "--program", "mine=no-such-program")).isEqualTo(1);
    assertThat(console.printed()).contains("mine was asked for: UNAVAILABLE");
  }

  /** Products are timed in programs that can; of others it is said that they cannot. */
  @Test
  void benchSaysWhoseProductsAreNotTimed() {
    List<String> bench =
        List.of("bench", "--list", "--shape=7x33x1", "--form=AB", "--width=7", "--threads=1");
    assertThat(run(bench, "--program", program("mine"), "--backends=mine")).isZero();
    assertThat(console.printed())
        .contains("product backend=mine shape=7x33x1 form=AB threads=1")
        .doesNotContain("UNSUPPORTED");
    String plain = program("plain", CanonicalProgram.WITHOUT_OPTIONS);
    assertThat(run(bench, "--program", plain, "--backends=plain")).isZero();
    assertThat(console.printed())
        .contains(
            "step backend=plain",
            "plain  UNSUPPORTED  plain does not support timing of single products (request"
                + " products)")
        .doesNotContain("product backend=plain");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mine                | --program: value is mine, expected NAME='COMMAND'
          Mine=cat            | --program: value is Mine=cat, expected NAME='COMMAND'
          scalar=cat          | --program: name is scalar, which is another backend's
          mine=               | --program: command is '', expected a program and its arguments
          mine='cat           | --program: command is 'cat, which has a quote that does not end
          """)
  void aWrongFlagIsOneSentence(String value, String sentence) {
    assertThat(Lockstep.run("check", "--program", value)).isEqualTo(2);
    assertThat(console.complained()).contains(sentence);
  }

  @Test
  void trainingGoesOnOnlyWithTheSameProgram() throws Exception {
    Path checkpoint = folder.resolve("checkpoint");
    List<String> train = List.of("train", "--hidden=7", "--steps=40", "--checkpoint=" + checkpoint);
    assertThat(run(train, "--backend=mine", "--program", program("mine"))).isZero();
    try (var files = Files.list(checkpoint)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".json")).toList()) {
        assertThat(file).content().doesNotContain("CanonicalProgram");
      }
    }
    List<String> resume = List.of("train", "--resume=" + checkpoint);
    assertThat(run(resume)).isEqualTo(2);
    assertThat(console.complained()).contains("backend is mine, expected one of");
    assertThat(run(resume, "--program", program("mine", "another"))).isEqualTo(2);
    assertThat(console.complained()).contains("which is not that of --program mine");
    assertThat(run(resume, "--program", program("mine"))).isZero();
  }
}
