package dev.lockstep.bench.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.external.FaultyProgram.Fault;
import dev.lockstep.data.Digits;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a program does wrong has a name, and nothing of it is left behind. */
final class ProgramFaultTest {
  private static final Resources ONE = new Resources(1);
  private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  private List<String> before = List.of();

  private ProgramBackend backend(Duration limit, String... words) {
    return new ProgramBackend("mine", new GivenProgram(List.of(words)), limit);
  }

  private ProgramBackend faulty(Fault fault, Duration limit) {
    return backend(
        limit, CanonicalProgram.command(FaultyProgram.class, fault.label()).toArray(String[]::new));
  }

  private static Workload workload() {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(7),
            Activation.TANH,
            new Initialization.EqualUnits(),
            new LearningRate.Uniform(0.1),
            33,
            3,
            11)
        .prepare(Digits.load());
  }

  private static void train(ProgramBackend backend) {
    try (Trainer trainer = backend.open(workload(), ONE)) {
      trainer.run(2);
      trainer.parameters();
      trainer.moments();
      trainer.run(1);
    } finally {
      backend.close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          DIES                        | mine ended during run, with exit code 7
          SAYS_GARBAGE                | mine answered run wrongly: the line is step 1 done \\u001b[31m
          SAYS_TOO_MUCH               | with a line of more than 4194304 bytes
          SAYS_NOTHING_ENDLESSLY      | mine answered run wrongly: the line is
          ANSWERS_ANOTHER_REQUEST     | id is 12345, expected
          ANSWERS_TWICE               | mine answered parameters wrongly: id is
          BARE_NAN                    | mine answered run wrongly: the line is
          TOO_FEW_LOSSES              | losses is a list of 0, expected 2 numbers
          NEGATIVE_TIME               | seconds is -1.0, expected a time
          NAN_IN_A_TENSOR             | mine has NaN in W1[0][3] after step 2, though every loss was
          WRONG_SHAPE                 | the shape of W1 is [448, 1], expected [64, 7]
          WRONG_TYPE                  | the type of W1 is float64, expected float32
          PATH_OUTSIDE                | expected a name of its own inside the private folder
          LINK_OUTSIDE                | the file of W1 is link-t1.npy
          MISSING_FILE                | the file of W1 is nothing.npy
          NO_ARRAY                    | the file of W1 is text.npy
          OTHER_PROTOCOL              | protocol is 2, expected 1
          UNKNOWN_PRECISION           | precision is fp8, expected one of fp32, tf32, bf16, fp64
          UNKNOWN_SUBNORMALS          | subnormals is lost, expected one of kept, flushed
          CANONICAL_BUT_FLUSHED       | subnormals is flushed, precision canonical keeps them
          REPORTS_AN_ERROR            | mine failed at run: CUDA out of memory
          """)
  void isNamedWithTheEndOfStandardError(Fault fault, String message) throws IOException {
    assertThatThrownBy(() -> train(faulty(fault, Duration.ofSeconds(30))))
        .isInstanceOf(ProgramFault.class)
        .hasMessageContaining(message)
        .satisfies(
            thrown -> {
              List<String> said = ((ProgramFault) thrown).evidence();
              assertThat(said).hasSizeLessThanOrEqualTo(20).contains("standard error, line 30");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NO_TIME_OF_PRODUCTS       | mine answered products wrongly: seconds is missing
          NEGATIVE_TIME_OF_PRODUCTS | mine answered products wrongly: seconds is -1.0, expected a time
          NAN_TIME_OF_PRODUCTS      | mine answered products wrongly: seconds is NaN, expected a time
          DIES_AT_PRODUCTS          | mine ended during products, with exit code 7
          """)
  void ofTimedProductsHasANameToo(Fault fault, String message) {
    ProgramBackend backend = faulty(fault, Duration.ofSeconds(30));
    FloatMatrix a = new FloatMatrix(7, 5);
    FloatMatrix b = new FloatMatrix(3, 5);
    try (var timed = backend.timed(new Work.Product(ProductForm.ABT, a, b), ONE)) {
      assertThatThrownBy(() -> timed.run(1))
          .isInstanceOf(ProgramFault.class)
          .hasMessageContaining(message);
    } finally {
      backend.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HANGS", "HANGS_AND_IGNORES_ITS_INPUT"})
  void aProgramThatHangsIsEnded(Fault fault) throws IOException {
    assertThatThrownBy(() -> train(faulty(fault, Duration.ofSeconds(4))))
        .isInstanceOf(ProgramFault.class)
        .hasMessageContaining(
            "did not answer " + (fault == Fault.HANGS ? "run" : "open") + " within 4.0 s");
  }

  @Test
  void aProgramThatDoesNotReadIsEnded() {
    ProgramBackend deaf = backend(Duration.ofSeconds(1), "sleep", "1000");
    assertThat(deaf.availability(ONE))
        .isInstanceOfSatisfying(
            Availability.Unavailable.class,
            why -> assertThat(why.toString()).contains("mine did not answer hello within 1.0 s"));
  }

  @ParameterizedTest
  @CsvSource({
    "no-such-program-anywhere, cannot be started",
    "true, ended during hello",
    "cat, answered hello wrongly"
  })
  void aProgramThatDoesNotStartIsUnavailable(String word, String message) {
    assertThat(backend(Duration.ofSeconds(10), word).availability(ONE))
        .isInstanceOfSatisfying(
            Availability.Unavailable.class,
            why -> assertThat(why.toString()).contains("mine " + message));
  }

  @Test
  void whatAProgramHasStartedIsEndedToo() throws IOException {
    train(faulty(Fault.LEAVES_A_CHILD, Duration.ofSeconds(30)));
  }

  /** Programs of other tests may be idle in this JVM. */
  @BeforeEach
  void look() throws IOException {
    before = ofThisJvm();
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    assertThat(ofThisJvm()).isEqualTo(before);
  }

  private static List<String> ofThisJvm() throws IOException {
    long host = ProcessHandle.current().pid();
    List<String> all = new ArrayList<>(Marked.processesOf(host));
    try (Stream<Path> files = Files.list(TEMPORARY)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("lockstep-program-" + host + "-"))
          .forEach(all::add);
    }
    return all.stream().sorted().toList();
  }
}
