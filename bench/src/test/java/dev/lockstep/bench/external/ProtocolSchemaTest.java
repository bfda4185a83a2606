package dev.lockstep.bench.external;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work;
import dev.lockstep.data.Digits;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What Lockstep and programs say to each other is what the schema of the protocol says. */
final class ProtocolSchemaTest {
  private static final Path SCHEMA = Path.of("adapters", "protocol.schema.json");
  private static final Resources ONE = new Resources(1);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  private Path requests() {
    return folder.resolve("requests");
  }

  private Path answers() {
    return folder.resolve("answers");
  }

  /** A program with its conversation written down on the way. */
  private ProgramBackend overheard(List<String> program) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "requests=$1 answers=$2; shift 2; tee -a \"$requests\" | \"$@\" | tee -a"
                    + " \"$answers\"",
                "sh",
                requests().toString(),
                answers().toString()));
    words.addAll(program);
    return new ProgramBackend("mine", new GivenProgram(words), LIMIT);
  }

  private static Workload workload(
      Normalization normalization, Rule rule, Schedule schedule, double noise) {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(7, 9),
            normalization,
            Activation.GELU,
            new Initialization.Glorot(Initialization.Distribution.UNIFORM),
            Loss.SQUARED_ERROR,
            noise,
            new Learning(new LearningRate.Uniform(0.1), rule, schedule, 0.001),
            33,
            3,
            11)
        .prepare(Digits.load());
  }

  private static void converse(ProgramBackend backend) {
    // Asked first: a backend that has to greet in between starts a second program, and lines of two
    // get mixed up.
    boolean library = backend.kind().isLibrary();
    for (Workload workload :
        List.of(
            workload(Normalization.NONE, new Rule.Sgd(), new Schedule.Constant(), 0),
            workload(
                Normalization.BATCH, new Rule.Nesterov(0.9f), new Schedule.Stairs(2, 0.5), 0.1),
            workload(
                Normalization.BATCH,
                new Rule.Adam(0.9f, 0.999f, 1e-8f),
                new Schedule.Cosine(3),
                0))) {
      try (var trainer = (ProgramTrainer) backend.open(workload, ONE)) {
        trainer.run(2);
        trainer.probe();
        trainer.restore(trainer.parameters(), trainer.moments(), 1);
        trainer.evaluate(workload.data().test());
        if (library) {
          trainer.forward(workload.rowsOf(0));
        }
      }
    }
    FloatMatrix a = new FloatMatrix(7, 5);
    FloatMatrix b = new FloatMatrix(3, 5);
    Work.Product product = new Work.Product(ProductForm.ABT, a, b);
    Tensor c = product.operation().single().results().getFirst();
    try (var timed = backend.timed(product, ONE)) {
      timed.run(1);
      assertThat(timed.part(0, c, new Region(6, 1, 2, 1)).data()).containsExactly(0);
    }
    backend.close();
  }

  @Test
  void holdsForLockstepsSide() throws IOException {
    converse(overheard(CanonicalProgram.command(CanonicalProgram.class)));
    assertThat(conforming())
        .contains(
            "hello", "open", "steps", "run", "probe", "moments", "restore", "product", "products");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--precision fp32", "--precision fp64", "--independent"})
  void holdsForNumpy(String flags) throws IOException {
    var python = ShippedAdapter.NUMPY.interpreter();
    Assumptions.assumeTrue(
        python.isPresent(), () -> "skipped: " + ShippedAdapter.NUMPY.availability());
    List<String> words =
        new ArrayList<>(
            List.of(python.orElseThrow(), Path.of("adapters", "numpy_backend.py").toString()));
    words.addAll(List.of(flags.split(" ")));
    converse(overheard(words));
    assertThat(conforming())
        .contains(
            "forward", "products", "close", flags.equals("--independent") ? "draws" : "steps");
  }

  @Test
  void refusesWhatIsNotInIt() throws IOException {
    Schema run = schema("answer-run");
    assertThat(run.validate(answer("\"losses\": [1.5], \"seconds\": 0.1"), InputFormat.JSON))
        .isEmpty();
    for (String wrong :
        List.of(
            "\"losses\": [1.5]",
            "\"losses\": 1.5, \"seconds\": 0.1",
            "\"losses\": [\"nan\"], \"seconds\": 0.1",
            "\"losses\": [1.5], \"seconds\": 0.1, \"lossses\": 1")) {
      assertThat(run.validate(answer(wrong), InputFormat.JSON)).as(wrong).isNotEmpty();
    }
  }

  @Test
  void timedProductsHaveATimeAndProductsBothOperandsOrNone() throws IOException {
    Schema products = schema("answer-products");
    assertThat(products.validate(answer("\"seconds\": 0.1"), InputFormat.JSON)).isEmpty();
    for (String wrong : List.of("", "\"seconds\": -0.1", "\"seconds\": \"NaN\"")) {
      assertThat(products.validate(answer(wrong), InputFormat.JSON)).as(wrong).isNotEmpty();
    }
    Schema product = schema("request-product");
    String both = ", \"form\": \"AB\", \"a\": \"h-1.npy\", \"b\": \"h-2.npy\"";
    for (String right : List.of("", both)) {
      assertThat(product.validate(product(right), InputFormat.JSON)).as(right).isEmpty();
    }
    for (String wrong : List.of(", \"form\": \"AB\"", both.replace("\"b\"", "\"x\""))) {
      assertThat(product.validate(product(wrong), InputFormat.JSON)).as(wrong).isNotEmpty();
    }
  }

  private static String product(String operands) {
    return "{\"id\": 3, \"request\": \"product\"" + operands + "}";
  }

  private static String answer(String result) {
    return "{\"id\": 3, \"result\": {" + result + "}}";
  }

  /** Validates all that was said; the requests that were made. */
  private Set<String> conforming() throws IOException {
    List<String> asked = Files.readAllLines(requests());
    List<String> answered = Files.readAllLines(answers());
    assertThat(answered).hasSameSizeAs(asked);
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < asked.size(); i++) {
      JsonNode request = JsonMapper.shared().readTree(asked.get(i));
      String name = request.path("request").stringValue();
      names.add(name);
      assertThat(schema("request-" + name).validate(asked.get(i), InputFormat.JSON))
          .as(asked.get(i))
          .isEmpty();
      assertThat(schema("answer-" + name).validate(answered.get(i), InputFormat.JSON))
          .as(answered.get(i))
          .isEmpty();
    }
    return names;
  }

  private static Schema schema(String definition) throws IOException {
    ObjectNode tree = (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(SCHEMA));
    tree.put("$ref", "#/$defs/" + definition);
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(tree.toString(), InputFormat.JSON);
  }
}
