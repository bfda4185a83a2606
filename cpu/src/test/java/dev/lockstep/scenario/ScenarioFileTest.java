package dev.lockstep.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.Scaling;
import dev.lockstep.input.InputException;
import dev.lockstep.model.AccentedName;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Initialization.Distribution;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioFileTest {

  private static final String GOOD =
      """
      {"schema": 1, "data": "digits", "hidden": [129, 7], "activation": "tanh",
       "initialization": "equal", "learning-rate": "quotient:0.1", "batch": 33, "steps": 200,
       "seed": 7}
      """;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("scenario.json");
  }

  static Stream<Scenario> scenarios() {
    Scenario plain =
        new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(129, 7),
            Activation.TANH,
            new Initialization.EqualUnits(),
            new LearningRate.Quotient(0.1),
            33,
            200,
            7);
    Stream<Scenario> data =
        Stream.of(
                new DataSource.IdxFolder(Path.of("/data/a b/" + AccentedName.letter())),
                new DataSource.SyntheticTeacher(1021, 2),
                new DataSource.Csv(Path.of("a.csv"), "", null, Scaling.NONE),
                new DataSource.Csv(Path.of("a?b.csv"), "y", 0.25, Scaling.MINMAX),
                new DataSource.Npz(Path.of("a b.npz"), null, Scaling.STANDARD),
                new DataSource.Npz(
                    Path.of("/data/" + AccentedName.letter() + ".npz"), 0.5, Scaling.NONE))
            .map(source -> with(plain, source));
    Stream<Scenario> initializations =
        Stream.of(
                new Initialization.Zero(),
                new Initialization.Constant(-0.01),
                new Initialization.Copies(new Initialization.Glorot(Distribution.UNIFORM)),
                new Initialization.Copies(new Initialization.Normal(0.05)),
                new Initialization.Perturbed(1e-300),
                new Initialization.Glorot(Distribution.UNIFORM),
                new Initialization.Glorot(Distribution.NORMAL),
                new Initialization.He(Distribution.UNIFORM),
                new Initialization.He(Distribution.NORMAL))
            .map(initialization -> with(plain, initialization));
    Stream<Scenario> rates =
        Stream.of(
                new LearningRate.Uniform(0.1),
                new LearningRate.Uniform(0),
                new LearningRate.PerLayer(List.of(0.1, 1.0 / 3, 4.9e-324)))
            .map(rate -> with(plain, Learning.sgd(rate)));
    Stream<Scenario> optimizers =
        Stream.of(
                new Learning(
                    new LearningRate.Quotient(0.1),
                    new Rule.Momentum(0.9f),
                    new Schedule.Stairs(100, 0.1),
                    0),
                new Learning(
                    new LearningRate.PerLayer(List.of(0.1, 0.2, 0.3)),
                    new Rule.Nesterov(0.1f),
                    new Schedule.Cosine(7),
                    1e-4),
                new Learning(
                    new LearningRate.Uniform(1e-3),
                    new Rule.Adam(0.1f, 1 / 3f, 1e-30f),
                    new Schedule.Constant(),
                    1))
            .map(learning -> with(plain, learning));
    Stream<Scenario> extremes =
        Stream.of(
            new Scenario(
                plain.data(),
                List.of(),
                Activation.IDENTITY,
                plain.initialization(),
                Loss.SQUARED_ERROR,
                0.1,
                plain.learning(),
                1,
                0,
                Long.MAX_VALUE),
            new Scenario(
                plain.data(),
                List.of(1, 1021),
                Activation.RELU,
                plain.initialization(),
                Loss.SQUARED_ERROR,
                plain.learning(),
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Long.MIN_VALUE));
    return Stream.of(Stream.of(plain), data, initializations, rates, optimizers, extremes)
        .flatMap(scenarios -> scenarios);
  }

  private static Scenario with(Scenario s, Learning learning) {
    return new Scenario(
        s.data(),
        s.hidden(),
        s.activation(),
        s.initialization(),
        s.loss(),
        learning,
        s.batch(),
        s.steps(),
        s.seed());
  }

  private static Scenario with(Scenario s, DataSource data) {
    return new Scenario(
        data,
        s.hidden(),
        s.activation(),
        s.initialization(),
        s.loss(),
        s.learning(),
        s.batch(),
        s.steps(),
        s.seed());
  }

  private static Scenario with(Scenario s, Initialization initialization) {
    return new Scenario(
        s.data(),
        s.hidden(),
        s.activation(),
        initialization,
        s.loss(),
        s.learning(),
        s.batch(),
        s.steps(),
        s.seed());
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void whatIsWrittenIsRead(Scenario scenario) throws IOException {
    Files.writeString(file, ScenarioFile.json(scenario).toString());

    assertThat(ScenarioFile.read(file)).isEqualTo(scenario);
  }

  @Test
  void numbersMayStandForTheirText() throws IOException {
    Files.writeString(file, GOOD.replace("\"quotient:0.1\"", "0.5"));

    assertThat(ScenarioFile.read(file).learning().rate()).isEqualTo(new LearningRate.Uniform(0.5));
  }

  /** Found by the fuzzer: the reader gives no line for a number longer than it takes. */
  @Test
  void aNumberOfTooManyDigitsIsNamed() throws IOException {
    Files.writeString(file, GOOD.replace("200", "9".repeat(1500)));

    assertThatThrownBy(() -> ScenarioFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("scenario.json")
        .hasMessageContaining("is not JSON");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "\"batch\": 33      | \"batch\": 33, \"batchsize\": 3 | field is batchsize, which is"
            + " unknown; did you mean batch? (the fields are",
        "\"batch\": 33      | \"batch\": 33, \"learning_rte\": 3 | field is learning_rte, which"
            + " is unknown; did you mean learning-rate? (the fields are",
        "\"batch\": 33,     |                         | batch is missing, expected every field",
        "\"batch\": 33      | \"batch\": \"many\"     | batch is \"many\", expected a whole number",
        "\"batch\": 33      | \"batch\": 3.5          | batch is 3.5, expected a whole number",
        "\"batch\": 33      | \"batch\": -1           | batch is -1, expected 0 to 2147483647",
        "\"batch\": 33      | \"batch\": 3000000000   | batch is 3000000000, expected 0 to",
        "\"batch\": 33      | \"batch\": 1e99         | batch is 1.0E99, expected a whole number",
        "\"seed\": 7        | \"seed\": 9223372036854775808 | seed is 9223372036854775808,"
            + " expected",
        "\"hidden\": [129, 7] | \"hidden\": 129       | hidden is 129, expected an array of widths",
        "[129, 7]           | [129, 0]                | hidden is 0, expected whole numbers of at",
        "[129, 7]           | [129, 2.5]              | hidden is 2.5, expected whole numbers",
        "[129, 7]           | [129, \"7\"]            | hidden is \"7\", expected whole numbers",
        "\"tanh\"           | \"softsign\"            | activation is softsign, expected",
        "\"tanh\"           | [\"tanh\"]              | activation is [\"tanh\"], expected text",
        "\"batch\": 33      | \"batch\": 33, \"optimizer\": \"adagrad\" | optimizer is adagrad,"
            + " expected one of sgd,",
        "\"batch\": 33      | \"batch\": 33, \"schedule\": \"warmup\" | schedule is warmup,"
            + " expected one of constant,",
        "\"batch\": 33      | \"batch\": 33, \"weight-decay\": -1 | weight-decay is -1.0,"
            + " expected a number from 0 to 1",
        "\"equal\"          | \"equals\"              | initialization is equals, expected one of"
            + " zero",
        "\"equal\"          | \"equal:1\"             | initialization is equal:1, expected one of"
            + " zero",
        "\"equal\"          | \"constant\"            | initialization is constant, expected one of"
            + " zero",
        "\"equal\"          | \"constant:x\"          | initialization is constant:x, expected",
        "\"equal\"          | \"perturbed:NaN\"       | initialization is perturbed:NaN, expected",
        "\"equal\"          | \"perturbed:1e39\"      | initialization is perturbed:1e39, expected",
        "\"quotient:0.1\"   | \"quotient:\"           | learning-rate is quotient:, expected a",
        "\"quotient:0.1\"   | \"-0.1\"                | learning-rate is -0.1, expected a finite",
        "\"quotient:0.1\"   | \"0.1,,0.1\"            | learning-rate is 0.1,,0.1, expected a",
        "\"quotient:0.1\"   | \"1e39\"                | learning-rate is 1e39, expected a finite",
        "\"quotient:0.1\"   | null                    | learning-rate is null, expected text",
        "\"digits\"         | \"mnist\"               | data is mnist, expected digits, idx:FOLDER",
        "\"digits\"         | \"idx:\"                | data is idx:, expected digits",
        "\"digits\"         | \"teacher:0x2\"         | data is teacher:0x2, expected digits",
        "\"digits\"         | \"teacher:5x1\"         | data is teacher:5x1, expected digits",
        "\"digits\"         | \"teacher:5x2x3\"       | data is teacher:5x2x3, expected digits",
        "\"digits\"         | \"csv:?label=a\"        | data is csv:?label=a, expected digits",
        "\"digits\"         | \"npz:\"                | data is npz:, expected digits",
        "\"digits\"         | \"npz:a?label=y\"       | data option is label=y, expected one of"
            + " test=, scale=",
        "\"digits\"         | \"npz:a?test=1\"        | data option test is 1, expected above 0",
        "\"digits\"         | \"csv:a?test=abc\"      | data option test is abc, expected above",
        "\"digits\"         | \"csv:a?st=0.2\"        | data option is st=0.2, expected one of"
            + " label=,",
        "\"batch\": 33      | \"batch\": 33, \"noise\": \"much\" | noise is much, expected a"
            + " number from 0",
        "\"batch\": 33      | \"batch\": 33, \"noise\": -1 | noise is -1, expected a number",
        "\"batch\": 33      | \"batch\": 33, \"noise\": true | noise is true, expected text or",
        "\"schema\": 1      | \"schema\": 2           | schema is 2, expected 1",
      })
  void aFaultNamesFileFieldAndValue(String from, String to, String message) throws IOException {
    assertThat(GOOD).contains(from.strip());
    Files.writeString(file, GOOD.replace(from.strip(), to == null ? "" : to.strip()));

    assertThatThrownBy(() -> ScenarioFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": " + message.strip());
  }

  @Test
  void aFieldThatStandsTwiceIsRefused() throws IOException {
    Files.writeString(file, GOOD.replace("\"batch\": 33", "\"batch\": 33, \"batch\": 7"));

    assertThatThrownBy(() -> ScenarioFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": line ")
        .hasMessageContaining("batch");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "7", "\"equal\"", "null"})
  void aDocumentThatIsNoObjectIsRefused(String text) throws IOException {
    Files.writeString(file, text);

    assertThatThrownBy(() -> ScenarioFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": ");
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    String whole = GOOD.strip();
    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(file, whole.substring(0, length));
      assertThatThrownBy(() -> ScenarioFile.read(file))
          .as("first %d characters", length)
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file + ": ");
    }
    Files.writeString(file, whole + " {}");
    assertThatThrownBy(() -> ScenarioFile.read(file)).isInstanceOf(InputException.class);
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> ScenarioFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": cannot be read, no such file or folder");
  }

  @Test
  void ratesThatDoNotFitTheNetworkAreRefused() throws IOException {
    Files.writeString(file, GOOD.replace("\"quotient:0.1\"", "\"0.1,0.2\""));
    Scenario scenario = ScenarioFile.read(file);

    assertThatThrownBy(scenario::prepare)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("learning-rate is 0.1,0.2, expected 1 or 3 rates");
  }

  @Test
  void aBatchLargerThanTheDataIsRefused() throws IOException {
    Files.writeString(file, GOOD.replace("\"batch\": 33", "\"batch\": 1348"));
    Scenario scenario = ScenarioFile.read(file);

    assertThatThrownBy(scenario::prepare)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("batch is 1348, expected 1 to 1347, the training rows of digits");
  }
}
