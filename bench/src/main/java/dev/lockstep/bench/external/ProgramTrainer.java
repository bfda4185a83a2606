package dev.lockstep.bench.external;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed.Times;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.external.TensorFiles.Form;
import dev.lockstep.data.Examples;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.LayerTensors;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A trainer in an external program. */
public final class ProgramTrainer implements Trainer {

  /** The most steps of one request, so that answers stay short and time limits meaningful. */
  private static final int MOST_STEPS = 1000;

  private final ProgramBackend backend;
  private final Conversation conversation;
  private final Hello hello;
  private final TensorFiles tensors;
  private final Workload workload;
  private final Network network;
  private final Resources resources;
  private final StepTable table;
  private long step;
  private OptionalLong stoppedAt = OptionalLong.empty();
  private boolean moved;
  private Times times = Times.of(0, 0);

  ProgramTrainer(
      ProgramBackend backend, Conversation conversation, Workload workload, Resources resources) {
    this.backend = backend;
    this.conversation = conversation;
    this.workload = workload;
    this.resources = resources;
    hello = conversation.hello();
    tensors = conversation.tensors();
    network = workload.network();
    table = new StepTable(conversation, workload);
    open();
  }

  private void open() {
    Opening opening = new Opening(workload, hello);
    opening
        .unsupported()
        .ifPresent(
            what -> {
              throw conversation.unsupported(what);
            });
    conversation.ask("open", request -> opening.write(request, tensors), result -> result);
    if (hello.independent()) {
      table.requireSameDraws(workload.origin().orElseThrow().steps());
      requireSameStart();
    }
  }

  /** Compares the initial parameters that an independent program has drawn. */
  private void requireSameStart() {
    Difference.first(0, rounded(workload.initial()), parameters())
        .ifPresent(
            difference -> {
              throw conversation.fault("drew other initial parameters: " + difference.element());
            });
  }

  private Parameters rounded(Parameters parameters) {
    return hello.precision().elementBytes() == Double.BYTES ? parameters.widened() : parameters;
  }

  @Override
  public double[] run(int steps) {
    double[] losses = new double[steps];
    double program = 0;
    double wall = 0;
    for (int done = 0; done < steps; ) {
      int count = Math.min(MOST_STEPS, steps - done);
      if (!hello.independent()) {
        table.announce(step, count);
      }
      int from = done;
      long start = System.nanoTime();
      double seconds =
          conversation.ask(
              "run",
              request -> request.put("steps", count),
              result -> {
                System.arraycopy(result.numbers("losses", count), 0, losses, from, count);
                return result.time("seconds");
              });
      wall += (System.nanoTime() - start) * 1e-6;
      program += seconds * 1e3;
      for (; done < from + count; done++) {
        note(losses[done]);
      }
    }
    times = Times.of(program, wall);
    return losses;
  }

  private void note(double loss) {
    if (stoppedAt.isEmpty() && !Double.isFinite(loss)) {
      stoppedAt = OptionalLong.of(step);
    }
    step++;
    moved = true;
  }

  /** What the last {@link #run} took. */
  Times times() {
    return times;
  }

  @Override
  public Inspection inspection() {
    if (!hello.supports("probe")) {
      return Inspection.RESULTS_ONLY;
    }
    return hello.probesAgain() ? Inspection.COMPUTED_AGAIN : Inspection.NO_PRODUCTS;
  }

  @Override
  public Probe probe() {
    if (inspection() == Inspection.RESULTS_ONLY) {
      throw conversation.unsupported("showing what it computes in a step");
    }
    if (!hello.independent()) {
      table.announce(step, 1);
    }
    Probe probe = conversation.ask("probe", _ -> {}, this::probe);
    note(probe.loss());
    return probe;
  }

  private Probe probe(Fields result) {
    StepProgram program = workload.program();
    double loss = result.number("loss");
    Map<Tensor, Matrix> shown = new HashMap<>();
    shown.putAll(ofLayers(result, "activations", LayerTensors::activations, program.layers()));
    shown.putAll(ofLayers(result, "deltas", LayerTensors::delta, program.layers()));
    parameters(result.object("gradients"), network.learned(), "gradient of ")
        .handTo(program.gradients(), shown::put);
    return new Probe(loss, program, shown);
  }

  private Map<Tensor, Matrix> ofLayers(
      Fields result, String field, Function<LayerTensors, Tensor> part, List<LayerTensors> layers) {
    List<String> names = result.exactTexts(field, layers.size());
    Map<Tensor, Matrix> read = new HashMap<>();
    for (int l = 0; l < layers.size(); l++) {
      Tensor tensor = part.apply(layers.get(l));
      String what = field + " of layer " + (l + 1);
      read.put(
          tensor,
          tensors.read(
              what, names.get(l), Form.MATRIX, tensor.rows().size(), tensor.columns().size()));
    }
    return read;
  }

  /** The parameters of a role are one field, in the order of the layers. */
  private Parameters parameters(Fields result, List<Layer.Parameter> parameters, String prefix) {
    Map<Layer.Role, Iterator<String>> files = new EnumMap<>(Layer.Role.class);
    for (Layer.Role role : Layer.Role.values()) {
      int count = (int) parameters.stream().filter(p -> p.role() == role).count();
      if (count > 0) {
        files.put(role, result.exactTexts(role.plural(), count).iterator());
      }
    }
    return Parameters.of(
        parameters,
        parameter ->
            tensors.read(
                prefix + parameter.name(),
                Objects.requireNonNull(files.get(parameter.role())).next(),
                Form.of(parameter),
                parameter.rows().size(),
                parameter.columns().size()));
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public Parameters parameters() {
    Parameters parameters =
        conversation.ask(
            "parameters", _ -> {}, result -> parameters(result, network.parameters(), ""));
    if (moved && stoppedAt.isEmpty()) {
      requireFinite(parameters);
    }
    return parameters;
  }

  /** Checks that parameters are finite, as they must be after finite losses. */
  private void requireFinite(Parameters parameters) {
    parameters.entries().forEach(entry -> requireFinite(entry.name(), entry.matrix()));
  }

  private void requireFinite(String tensor, Matrix matrix) {
    for (int i = 0; i < matrix.size(); i++) {
      if (!Double.isFinite(matrix.value(i))) {
        throw conversation.fault(
            String.format(
                Locale.ROOT,
                "has %s in %s[%d][%d] after step %d, though every loss was finite",
                matrix.value(i),
                tensor,
                i / matrix.columns(),
                i % matrix.columns(),
                step));
      }
    }
  }

  @Override
  public List<Parameters> moments() {
    int count = workload.optimizer().rule().moments();
    return conversation.ask(
        "moments",
        _ -> {},
        result -> {
          List<Fields> moments = result.exactObjects("moments", count);
          return IntStream.range(0, count)
              .mapToObj(
                  k -> parameters(moments.get(k), network.learned(), "moment " + (k + 1) + " of "))
              .toList();
        });
  }

  @Override
  public void restore(Parameters parameters, List<Parameters> moments, long step) {
    workload.requireShapeOf(parameters, moments);
    conversation.ask(
        "restore",
        request -> {
          request.put("step", step);
          Opening.write(request.putObject("parameters"), tensors, parameters);
          var list = request.putArray("moments");
          moments.forEach(moment -> Opening.write(list.addObject(), tensors, moment));
        },
        result -> result);
    this.step = step;
    stoppedAt = OptionalLong.empty();
    moved = false;
  }

  @Override
  public OptionalLong stoppedAt() {
    return stoppedAt;
  }

  @Override
  public Evaluation evaluate(Examples examples) {
    return conversation.ask(
        "evaluate", request -> Opening.write(request, tensors, "", examples), this::evaluation);
  }

  private Evaluation evaluation(Fields result) {
    double accuracy = result.number("accuracy");
    if (!(accuracy >= 0 && accuracy <= 1)) {
      throw new Malformed("accuracy", accuracy, "expected 0 to 1");
    }
    return new Evaluation(result.number("loss"), accuracy);
  }

  /**
   * The network's outputs for some rows.
   *
   * @param rows B x inputs
   * @return B x outputs
   * @throws dev.lockstep.backend.UnavailableException if the program does not support the request
   */
  public Matrix forward(FloatMatrix rows) {
    if (!hello.supports("forward")) {
      throw conversation.unsupported("outputs of given rows");
    }
    return conversation.ask(
        "forward",
        request -> request.put("features", tensors.write(Opening.array(rows))),
        result ->
            tensors.read(
                "the outputs",
                result.text("outputs"),
                Form.MATRIX,
                rows.rows(),
                network.outputs()));
  }

  @Override
  public void close() {
    backend.giveBack(resources, conversation);
  }
}
