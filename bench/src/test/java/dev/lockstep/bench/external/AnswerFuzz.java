package dev.lockstep.bench.external;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.backend.Work;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Examples;
import dev.lockstep.file.NpyArray;
import dev.lockstep.fuzz.FuzzTarget;
import dev.lockstep.fuzz.Fuzzed;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A program's answers, for a coverage-guided fuzzer: an input is the answer to one request; a sound
 * program in this process gives the others.
 */
public enum AnswerFuzz implements FuzzTarget {
  HELLO,
  OPEN,
  RUN,
  PARAMETERS,
  MOMENTS,
  PROBE,
  EVALUATE,
  FORWARD,
  DRAWS,
  PRODUCT,
  PRODUCTS;

  private static final String NAME = "mine";
  private static final Resources ONE = new Resources(1);
  private static final Path FOLDER = folder();

  private static final Workload WORKLOAD =
      new Scenario(
              new DataSource.EmbeddedDigits(),
              List.of(2),
              Activation.TANH,
              new Initialization.EqualUnits(),
              new LearningRate.Uniform(0.1),
              2,
              3,
              11)
          .prepare(new Dataset("data", 1, 2, rows(4), rows(2)));

  private static Path folder() {
    Path folder = Fuzzed.path("-program");
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    folder.toFile().deleteOnExit();
    return folder;
  }

  /** Removes what a program had written when its answer was refused. */
  private static void clear() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(FOLDER)) {
      for (Path each : files) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Examples rows(int count) {
    float[] features = new float[count];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      features[i] = i;
      labels[i] = i % 2;
    }
    return new Examples(features, labels, 1);
  }

  private static ObjectNode empty() {
    return JsonMapper.shared().createObjectNode();
  }

  /** Gives the sound answers. */
  private final class Program extends CanonicalProgram {

    @Override
    ObjectNode result(String request, JsonNode fields) {
      if (AnswerFuzz.this == DRAWS && !request.equals("hello")) {
        return independent(request, fields);
      }
      ObjectNode result = empty();
      return switch (request) {
        case "hello" -> super.result(request, fields).put("independent", AnswerFuzz.this == DRAWS);
        case "forward" -> result.put("outputs", written(new int[] {2, 2}, new FloatMatrix(2, 2)));
        default -> super.result(request, fields);
      };
    }

    private ObjectNode independent(String request, JsonNode fields) {
      ObjectNode result = empty();
      switch (request) {
        case "draws" -> draws(fields.path("count").intValue(), result);
        case "parameters" -> write(result, WORKLOAD.initial());
        default -> {}
      }
      return result;
    }

    private void draws(int count, ObjectNode result) {
      long[] rows = new long[2 * count];
      int[] batch = new int[2];
      ArrayNode factors = result.putArray("rate-factors");
      ArrayNode corrections = result.putArray("corrections");
      for (int step = 0; step < count; step++) {
        WORKLOAD.batches().rowsOf(step, batch);
        rows[2 * step] = batch[0];
        rows[2 * step + 1] = batch[1];
        factors.add(1);
        corrections.add(1);
      }
      result.put("rows", write(new NpyArray.Longs(new int[] {count, 2}, rows)));
      result.putArray("noise");
    }

    @Override
    List<String> requests() {
      return List.of("probe", "product", "products", "forward");
    }
  }

  /** Answers the request with the input, or as the program does, which then is a seed. */
  private final class Answering implements Peer {
    private final Program program = new Program();
    private final byte @Nullable [] input;
    private String sound = "";

    Answering(byte @Nullable [] input) {
      this.input = input;
    }

    @Override
    public Path folder() {
      return FOLDER;
    }

    @Override
    public String exchange(String line, String request, Duration limit) {
      JsonNode fields = JsonMapper.shared().readTree(line);
      ObjectNode answer = empty();
      answer.set("id", fields.get("id"));
      answer.set("result", program.result(request, fields));
      if (!request.equals(name().toLowerCase(Locale.ROOT))) {
        return answer.toString();
      }
      sound = answer.toString();
      return input == null ? sound : new String(input, UTF_8);
    }

    @Override
    public ProgramFault fault(String sentence) {
      return new ProgramFault(NAME, sentence, List.of());
    }

    @Override
    public void close() {}
  }

  private void converse(Peer program) {
    ProgramBackend backend =
        new ProgramBackend(NAME, new GivenProgram(List.of("none")), Duration.ZERO);
    Conversation conversation = new Conversation(NAME, program, Duration.ZERO, ONE);
    if (this == PRODUCT || this == PRODUCTS) {
      FloatMatrix a = new FloatMatrix(2, 3);
      FloatMatrix b = new FloatMatrix(1, 3);
      new ProgramProduct(
              new ProgramOperations(backend, conversation, ONE),
              conversation,
              new Work.Product(ProductForm.ABT, a, b))
          .run(1);
      return;
    }
    ProgramTrainer trainer = new ProgramTrainer(backend, conversation, WORKLOAD, ONE);
    switch (this) {
      case RUN -> {
        var _ = trainer.run(2);
      }
      case PARAMETERS -> trainer.parameters();
      case MOMENTS -> trainer.moments();
      case PROBE -> trainer.probe();
      case EVALUATE -> trainer.evaluate(WORKLOAD.data().test());
      case FORWARD -> trainer.forward(new FloatMatrix(2, 1));
      default -> {}
    }
  }

  @Override
  public List<byte[]> seeds() {
    Answering program = new Answering(null);
    converse(program);
    clear();
    return List.of(program.sound.getBytes(UTF_8));
  }

  @Override
  public void accept(byte[] input) {
    Fuzzed.check(FOLDER, input.length, _ -> answered(input));
  }

  private void answered(byte[] input) {
    try {
      converse(new Answering(input));
    } catch (ProgramFault | UnavailableException e) {
      Fuzzed.requireSentence(NAME + " ", e);
    } finally {
      clear();
    }
  }
}
