package dev.lockstep.backend;

import dev.lockstep.data.Examples;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Updates;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A trainer put together from single operations: what is demanded of a library, given its products,
 * and, with operations that are wrong, what the contract is tried on.
 */
final class OperationsTrainer implements Trainer {

  /** When weights change. */
  enum Order {
    /** After all gradients are known: right. */
    AFTER_ALL_GRADIENTS,
    /** As soon as a layer's gradient is known, before the layer below uses the weights: wrong. */
    LAYER_BY_LAYER
  }

  private final Workload workload;
  private final Operations operations;
  private final Order order;
  private final Updates updates;
  private final Map<String, Matrix> values = new LinkedHashMap<>();
  private final List<Map<String, Matrix>> moments = new ArrayList<>();
  private long step;
  private OptionalLong stoppedAt = OptionalLong.empty();

  OperationsTrainer(Workload workload, Operations operations, Order order) {
    this.workload = workload;
    this.operations = operations;
    this.order = order;
    this.updates = new Updates(workload.optimizer());
    restore(workload.initial(), 0);
  }

  @Override
  public double[] run(int steps) {
    double[] losses = new double[steps];
    for (int s = 0; s < steps; s++) {
      losses[s] = probe().loss();
    }
    return losses;
  }

  /** What a layer made of the rows: its products, normalized if they are, and its activations. */
  private record Made(
      @Nullable NaiveNormalization normalized, Matrix summand, Matrix activations) {}

  @Override
  public Probe probe() {
    Matrix input = workload.rowsOf(step);
    List<Made> made = forward(input, true);
    Matrix outputs = made.getLast().activations();
    Operations.RowLosses end =
        operations.loss(workload.loss(), outputs, Samples.labels(workload, step));
    double loss = mean(end.rowLoss());
    if (stoppedAt.isEmpty() && !Double.isFinite(loss)) {
      stoppedAt = OptionalLong.of(step);
    }
    Probe probe = backward(loss, input, made, end.delta());
    step++;
    return probe;
  }

  private Matrix value(String name, int l) {
    return Objects.requireNonNull(values.get(name + (l + 1)), name);
  }

  private List<Made> forward(Matrix input, boolean training) {
    Network network = workload.network();
    List<Made> made = new ArrayList<>();
    Matrix below = input;
    for (int l = 0; l <= network.depth(); l++) {
      Matrix product = operations.product(ProductForm.AB, below, value("W", l));
      NaiveNormalization normalized = null;
      if (values.containsKey("gain" + (l + 1))) {
        normalized =
            training
                ? NaiveNormalization.ofBatch(product)
                : NaiveNormalization.with(product, value("mean", l), value("variance", l));
        product = normalized.scaled(value("gain", l));
      }
      Matrix bias = training ? shifted(l) : value("b", l);
      below = operations.activate(network.activation(l), product, bias);
      made.add(new Made(normalized, product, below));
    }
    return made;
  }

  /** A layer's biases with the step's noise. */
  private Matrix shifted(int l) {
    if (workload.noise().isNone() || l == workload.network().depth()) {
      return value("b", l);
    }
    float[] noise = workload.noise().draw(step, l, workload.network().out(l));
    return operations.activate(
        Activation.IDENTITY, value("b", l), new FloatMatrix(1, noise.length, noise));
  }

  private static double mean(Matrix rowLoss) {
    double sum = 0;
    for (int i = 0; i < rowLoss.size(); i++) {
      sum += rowLoss.value(i);
    }
    return sum / rowLoss.size();
  }

  private Probe backward(double loss, Matrix input, List<Made> made, Matrix last) {
    Network network = workload.network();
    StepProgram program = workload.program();
    Map<Tensor, Matrix> shown = new HashMap<>();
    Map<String, Matrix> gradients = new HashMap<>();
    Matrix delta = last;
    for (int l = network.depth(); l >= 0; l--) {
      shown.put(program.layers().get(l).activations(), made.get(l).activations());
      shown.put(program.layers().get(l).delta(), delta);
      Map<String, Matrix> own = new HashMap<>();
      own.put("b" + (l + 1), operations.columnSums(delta));
      NaiveNormalization normalized = made.get(l).normalized();
      if (normalized != null) {
        Matrix ofGain = normalized.gainGradient(delta);
        Matrix ofBias = operations.columnSums(delta);
        own.put("gain" + (l + 1), ofGain);
        delta = normalized.gradient(delta, value("gain", l), ofGain, ofBias);
        if (stoppedAt.isEmpty()) {
          values.put("mean" + (l + 1), normalized.runningMean(value("mean", l)));
          values.put("variance" + (l + 1), normalized.runningVariance(value("variance", l)));
        }
      }
      Matrix below = l == 0 ? input : made.get(l - 1).activations();
      own.put("W" + (l + 1), operations.product(ProductForm.ATB, below, delta));
      if (order == Order.LAYER_BY_LAYER) {
        own.forEach(this::update);
      }
      if (l > 0) {
        Matrix upstream = operations.product(ProductForm.ABT, delta, value("W", l));
        Activation activation = network.activation(l - 1);
        Matrix kept = below;
        if (activation.keepsInput()) {
          Matrix summand = made.get(l - 1).summand();
          kept = operations.activate(Activation.IDENTITY, summand, shifted(l - 1));
        }
        delta = operations.derivative(activation, upstream, kept);
      }
      gradients.putAll(own);
    }
    if (order == Order.AFTER_ALL_GRADIENTS) {
      gradients.forEach(this::update);
    }
    program
        .gradients()
        .forEach(
            (parameter, tensor) ->
                shown.put(tensor, Objects.requireNonNull(gradients.get(parameter.name()))));
    return new Probe(loss, program, shown);
  }

  private void update(String name, Matrix gradient) {
    if (stoppedAt.isEmpty()) {
      Operations.Updated updated =
          operations.update(
              updates.update(name, step),
              Objects.requireNonNull(values.get(name)),
              gradient,
              moments.stream().map(moment -> Objects.requireNonNull(moment.get(name))).toList());
      values.put(name, updated.weights());
      for (int k = 0; k < moments.size(); k++) {
        moments.get(k).put(name, updated.moments().get(k));
      }
    }
  }

  @Override
  public long step() {
    return step;
  }

  private Parameters of(List<Layer.Parameter> parameters, Map<String, Matrix> matrices) {
    return Parameters.of(
            parameters, each -> Objects.requireNonNull(matrices.get(each.name()), each::name))
        .copy();
  }

  @Override
  public Parameters parameters() {
    return of(workload.network().parameters(), values);
  }

  @Override
  public List<Parameters> moments() {
    return moments.stream().map(moment -> of(workload.network().learned(), moment)).toList();
  }

  @Override
  public void restore(Parameters parameters, List<Parameters> given, long step) {
    workload.requireShapeOf(parameters, given);
    moments.clear();
    for (int k = 0; k < workload.optimizer().rule().moments(); k++) {
      Parameters from = (given.isEmpty() ? parameters.zeros() : given.get(k)).copy();
      Map<String, Matrix> moment = new LinkedHashMap<>();
      from.entries().forEach(entry -> moment.put(entry.name(), entry.matrix()));
      moments.add(moment);
    }
    parameters.copy().entries().forEach(entry -> values.put(entry.name(), entry.matrix()));
    this.step = step;
    stoppedAt = OptionalLong.empty();
  }

  @Override
  public OptionalLong stoppedAt() {
    return stoppedAt;
  }

  /** Written out once more, since the backends share {@link Evaluation#of}. */
  @Override
  public Evaluation evaluate(Examples examples) {
    int classes = workload.network().outputs();
    Matrix input =
        new FloatMatrix(examples.rows(), workload.network().inputs(), examples.features());
    Matrix logits = forward(input, false).getLast().activations();
    int right = 0;
    for (int i = 0; i < examples.rows(); i++) {
      int largest = 0;
      for (int c = 1; c < classes; c++) {
        if (logits.value(i * classes + c) > logits.value(i * classes + largest)) {
          largest = c;
        }
      }
      right += largest == examples.labels()[i] ? 1 : 0;
    }
    return new Evaluation(
        mean(operations.loss(workload.loss(), logits, examples.labels()).rowLoss()),
        (double) right / examples.rows());
  }

  @Override
  public void close() {
    operations.close();
  }
}
