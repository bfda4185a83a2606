package dev.lockstep.bench.external;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work;
import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Examples;
import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpyFile;
import dev.lockstep.input.Labelled;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Axis;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A program that speaks the protocol and computes with {@code scalar}: what the host does can be
 * tested where there is no Python. It answers wrongly where a subclass says so.
 */
public class CanonicalProgram {
  private static final Resources ONE_THREAD = new Resources(1);

  private Path folder = Path.of("");
  private List<Layer.Parameter> declared = List.of();
  private int files;
  private @Nullable Trainer trainer;
  private Timed.@Nullable Tensors multiplication;
  private @Nullable Tensor c;

  CanonicalProgram() {}

  /** An argument: it neither takes the time of products nor normalizes. */
  public static final String WITHOUT_OPTIONS = "without-options";

  /** Serves until its input ends. */
  public static void main(String[] arguments) throws IOException {
    CanonicalProgram program =
        List.of(arguments).contains(WITHOUT_OPTIONS)
            ? new CanonicalProgram() {
              @Override
              List<String> requests() {
                return List.of("probe", "product");
              }

              @Override
              List<String> normalizations() {
                return List.of();
              }
            }
            : new CanonicalProgram();
    program.serve();
  }

  final void serve() throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode request = JsonMapper.shared().readTree(line);
      ObjectNode answer = JsonMapper.shared().createObjectNode();
      answer.set("id", request.get("id"));
      answer.set("result", result(request.path("request").stringValue(), request));
      say(request.path("request").stringValue(), answer);
      if (request.path("request").stringValue().equals("close")) {
        return;
      }
    }
  }

  /** Writes an answer. */
  void say(String request, ObjectNode answer) throws IOException {
    System.out.println(answer);
  }

  ObjectNode result(String request, JsonNode fields) {
    ObjectNode result = JsonMapper.shared().createObjectNode();
    switch (request) {
      case "hello" -> hello(fields, result);
      case "open" -> open(fields);
      case "steps", "close" -> {}
      case "run" -> run(fields.path("steps").intValue(), result);
      case "probe" -> probe(result);
      case "parameters" -> write(result, trainer().parameters());
      case "moments" -> {
        ArrayNode moments = result.putArray("moments");
        trainer().moments().forEach(moment -> write(moments.addObject(), moment));
      }
      case "restore" ->
          trainer()
              .restore(
                  parameters(fields.get("parameters")),
                  fields.get("moments").valueStream().map(this::parameters).toList(),
                  fields.path("step").longValue());
      case "evaluate" -> {
        var evaluation = trainer().evaluate(examples(fields, ""));
        result.put("loss", evaluation.loss()).put("accuracy", evaluation.accuracy());
      }
      case "product" -> product(fields, result);
      case "products" -> products(fields.path("count").intValue(), result);
      default -> throw new IllegalArgumentException(request);
    }
    return result;
  }

  private void hello(JsonNode fields, ObjectNode result) {
    folder = Path.of(fields.path("folder").stringValue());
    result.put("protocol", 1).put("name", "scalar").put("version", "1").put("device", "cpu");
    result.put("threads", 1).put("precision", precision()).put("noise", true).put("decay", true);
    requests().forEach(result.putArray("requests")::add);
    Arrays.stream(Activation.values())
        .map(Activation::label)
        .forEach(result.putArray("activations")::add);
    Arrays.stream(Loss.values()).map(Loss::label).forEach(result.putArray("losses")::add);
    List.of("sgd", "momentum", "nesterov", "adam").forEach(result.putArray("optimizers")::add);
    normalizations().forEach(result.withArrayProperty("normalizations")::add);
  }

  String precision() {
    return "canonical";
  }

  List<String> requests() {
    return List.of("probe", "product", "products");
  }

  List<String> normalizations() {
    return List.of("batch");
  }

  private void open(JsonNode fields) {
    List<Integer> sizes =
        fields.path("network").path("sizes").valueStream().map(JsonNode::intValue).toList();
    Network network =
        new Network(
            sizes.getFirst(),
            sizes.subList(1, sizes.size() - 1),
            Labelled.of(
                Network.Normalization.class,
                "open",
                fields.at("/network/normalization").stringValue("none")),
            Labelled.of(Activation.class, "open", fields.at("/network/activation").stringValue()),
            sizes.getLast());
    declared = network.parameters();
    long seed = fields.path("seed").longValue();
    Workload opened =
        new Workload(
            network,
            parameters(fields.get("parameters")),
            Labelled.of(Loss.class, "open", fields.path("loss").stringValue()),
            new UnitNoise(fields.at("/noise/deviation").doubleValue(), seed),
            optimizer(network, fields.get("optimizer"), fields.get("schedule")),
            new Dataset(
                "data",
                network.inputs(),
                network.outputs(),
                examples(fields.get("data"), "train-"),
                examples(fields.get("data"), "test-")),
            fields.path("batch").intValue(),
            seed);
    trainer = new ScalarBackend().open(opened, ONE_THREAD);
  }

  private static Optimizer optimizer(Network network, JsonNode fields, JsonNode schedule) {
    float factor = fields.path("factor").floatValue(0);
    Rule rule =
        switch (fields.path("rule").stringValue()) {
          case "sgd" -> new Rule.Sgd();
          case "momentum" -> new Rule.Momentum(factor);
          case "nesterov" -> new Rule.Nesterov(factor);
          default ->
              new Rule.Adam(
                  fields.path("first").floatValue(), fields.path("second").floatValue(), 0);
        };
    return new Optimizer(
        rule,
        switch (schedule.path("kind").stringValue()) {
          case "constant" -> new Schedule.Constant();
          case "step" ->
              new Schedule.Stairs(
                  schedule.path("steps").intValue(), schedule.path("factor").doubleValue());
          default -> new Schedule.Cosine(schedule.path("steps").intValue());
        },
        network.learned().stream()
            .collect(
                Collectors.toMap(
                    Layer.Parameter::name, parameter -> update(rule, of(parameter, fields)))));
  }

  /** What a list for each role has of a parameter. */
  private static JsonNode of(Layer.Parameter parameter, JsonNode fields) {
    return fields.path(parameter.role().plural()).path(parameter.layer());
  }

  private static Update update(Rule rule, JsonNode settings) {
    return new Update(
        rule.withEpsilon(settings.path("epsilon").floatValue()),
        settings.path("rate").floatValue(),
        settings.path("decay").floatValue());
  }

  private void run(int steps, ObjectNode result) {
    long start = System.nanoTime();
    double[] losses = trainer().run(steps);
    result.put("seconds", (System.nanoTime() - start) * 1e-9);
    ArrayNode list = result.putArray("losses");
    for (double loss : losses) {
      put(list, loss);
    }
  }

  private static void put(ArrayNode list, double number) {
    if (Double.isFinite(number)) {
      list.add(number);
    } else {
      list.add(String.valueOf(number));
    }
  }

  private void probe(ObjectNode result) {
    Probe probe = trainer().probe();
    ArrayNode one = JsonMapper.shared().createArrayNode();
    put(one, probe.loss());
    result.set("loss", one.get(0));
    result.put("seconds", 0.0);
    probe.activations().forEach(a -> add(result.withArray("activations"), a));
    probe.deltas().forEach(d -> add(result.withArray("deltas"), d));
    write(result.putObject("gradients"), probe.gradients());
  }

  private void product(JsonNode fields, ObjectNode result) {
    if (fields.has("form")) {
      place(fields);
      multiplication().run(1);
    }
    FloatMatrix matrix = multiplication().part(0, c(), Region.of(c()));
    multiplication().load(Map.of());
    result.put("c", written(new int[] {matrix.rows(), matrix.columns()}, matrix));
  }

  private void place(JsonNode fields) {
    ProductForm form = ProductForm.valueOf(fields.path("form").stringValue());
    FloatMatrix a = matrix(fields.path("a").stringValue());
    FloatMatrix b = matrix(fields.path("b").stringValue());
    Work.Product product = new Work.Product(form, a, b);
    c = product.operation().single().results().getFirst();
    multiplication = new ScalarBackend().timed(product, ONE_THREAD);
  }

  private void products(int count, ObjectNode result) {
    long start = System.nanoTime();
    var _ = multiplication().run(count);
    result.put("seconds", (System.nanoTime() - start) * 1e-9);
  }

  private Timed.Tensors multiplication() {
    return Objects.requireNonNull(multiplication, "no operands");
  }

  private Tensor c() {
    return Objects.requireNonNull(c, "no operands");
  }

  private Trainer trainer() {
    Trainer opened = trainer;
    if (opened == null) {
      throw new IllegalStateException("not opened");
    }
    return opened;
  }

  private Parameters parameters(JsonNode fields) {
    return Parameters.of(
        declared.stream().filter(each -> fields.has(each.role().plural())).toList(),
        each -> matrix(of(each, fields).stringValue()));
  }

  private FloatMatrix matrix(String name) {
    if (read(name) instanceof NpyArray.Floats(int[] shape, float[] values)) {
      return new FloatMatrix(shape.length == 1 ? 1 : shape[0], shape[shape.length - 1], values);
    }
    throw new IllegalArgumentException(name);
  }

  private Examples examples(JsonNode fields, String prefix) {
    FloatMatrix features = matrix(fields.path(prefix + "features").stringValue());
    if (read(fields.path(prefix + "labels").stringValue())
        instanceof NpyArray.Longs(int[] _, long[] values)) {
      int[] labels = IntStream.range(0, values.length).map(i -> (int) values[i]).toArray();
      return new Examples(features.data(), labels, features.columns());
    }
    throw new IllegalArgumentException(prefix);
  }

  private NpyArray read(String name) {
    return NpyFile.read(folder.resolve(name), Integer.MAX_VALUE);
  }

  final void write(ObjectNode node, Parameters parameters) {
    for (Parameters.Entry entry : parameters.entries()) {
      int rows = entry.matrix().rows();
      int columns = entry.matrix().columns();
      boolean vector = entry.parameter().rows() instanceof Axis.One;
      node.withArrayProperty(entry.parameter().role().plural())
          .add(written(vector ? new int[] {columns} : new int[] {rows, columns}, entry.matrix()));
    }
  }

  private void add(ArrayNode names, Matrix matrix) {
    names.add(written(new int[] {matrix.rows(), matrix.columns()}, matrix));
  }

  /** Writes a tensor and returns the name of its file. */
  String written(int[] shape, Matrix matrix) {
    return write(new NpyArray.Floats(shape, ((FloatMatrix) matrix).data()));
  }

  final String write(NpyArray array) {
    String name = "t" + ++files + ".npy";
    try {
      NpyFile.write(folder.resolve(name), array);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return name;
  }

  final Path folder() {
    return folder;
  }

  /** The command line that starts a program of these tests. */
  public static List<String> command(Class<?> program, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
