package dev.lockstep.bench.external;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.external.TensorFiles.Form;
import dev.lockstep.data.Examples;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
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
  private Clocks clocks = Clocks.ZERO;

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
    clocks = Clocks.ZERO;
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
      clocks = clocks.plus(new Clocks(seconds, (System.nanoTime() - start) * 1e-9));
      for (; done < from + count; done++) {
        note(losses[done]);
      }
    }
    return losses;
  }

  private void note(double loss) {
    if (stoppedAt.isEmpty() && !Double.isFinite(loss)) {
      stoppedAt = OptionalLong.of(step);
    }
    step++;
    moved = true;
  }

  /** The duration of the last {@link #run}. */
  public Clocks clocks() {
    return clocks;
  }

  @Override
  public Inspection inspection() {
    return hello.supports("probe") ? Inspection.EVERY_TENSOR : Inspection.RESULTS_ONLY;
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
    return new Probe(
        result.number("loss"),
        ofLayers(result, "activations"),
        ofLayers(result, "deltas"),
        parameters(result.object("gradients"), "gradient of "));
  }

  private List<Matrix> ofLayers(Fields result, String field) {
    List<String> names = result.exactTexts(field, network.layers());
    return IntStream.range(0, network.layers())
        .mapToObj(
            l ->
                tensors.read(
                    field + " of layer " + (l + 1),
                    names.get(l),
                    Form.MATRIX,
                    workload.batch(),
                    network.out(l)))
        .toList();
  }

  private Parameters parameters(Fields result, String prefix) {
    List<String> weights = result.exactTexts("weights", network.layers());
    List<String> biases = result.exactTexts("biases", network.layers());
    List<Matrix> w = new ArrayList<>();
    List<Matrix> b = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      int out = network.out(l);
      w.add(tensors.read(prefix + "W" + (l + 1), weights.get(l), Form.MATRIX, network.in(l), out));
      b.add(tensors.read(prefix + "b" + (l + 1), biases.get(l), Form.VECTOR, 1, out));
    }
    return new Parameters(w, b);
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public Parameters parameters() {
    Parameters parameters =
        conversation.ask("parameters", _ -> {}, result -> parameters(result, ""));
    if (moved && stoppedAt.isEmpty()) {
      requireFinite(parameters);
    }
    return parameters;
  }

  /** Checks that parameters are finite, as they must be after finite losses. */
  private void requireFinite(Parameters parameters) {
    for (int l = 0; l < network.layers(); l++) {
      requireFinite("W" + (l + 1), parameters.weights().get(l));
      requireFinite("b" + (l + 1), parameters.biases().get(l));
    }
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
              .mapToObj(k -> parameters(moments.get(k), "moment " + (k + 1) + " of "))
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
