package dev.lockstep.backend;

import dev.lockstep.data.Examples;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Updates;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

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
  private final List<Matrix> weights = new ArrayList<>();
  private final List<Matrix> biases = new ArrayList<>();
  private final List<List<Matrix>> weightMoments = new ArrayList<>();
  private final List<List<Matrix>> biasMoments = new ArrayList<>();
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

  @Override
  public Probe probe() {
    Matrix input = workload.rowsOf(step);
    List<Matrix> activations = forward(input);
    Operations.RowLosses end =
        operations.loss(workload.loss(), activations.getLast(), Samples.labels(workload, step));
    double loss = mean(end.rowLoss());
    if (stoppedAt.isEmpty() && !Double.isFinite(loss)) {
      stoppedAt = OptionalLong.of(step);
    }
    Probe probe = backward(loss, input, activations, end.delta());
    step++;
    return probe;
  }

  private List<Matrix> forward(Matrix input) {
    Network network = workload.network();
    List<Matrix> activations = new ArrayList<>();
    Matrix below = input;
    for (int l = 0; l < network.depth() + 1; l++) {
      Matrix z = operations.product(ProductForm.AB, below, weights.get(l));
      below = operations.activate(network.activation(l), z, shifted(l));
      activations.add(below);
    }
    return activations;
  }

  /** A layer's biases with the step's noise. */
  private Matrix shifted(int l) {
    if (workload.noise().isNone() || l == workload.network().depth()) {
      return biases.get(l);
    }
    float[] noise = workload.noise().draw(step, l, workload.network().out(l));
    return operations.activate(
        Activation.IDENTITY, biases.get(l), new FloatMatrix(1, noise.length, noise));
  }

  /** The input of a layer's activation. */
  private Matrix sum(int l, Matrix below) {
    Matrix product = operations.product(ProductForm.AB, below, weights.get(l));
    return operations.activate(Activation.IDENTITY, product, shifted(l));
  }

  private static double mean(Matrix rowLoss) {
    double sum = 0;
    for (int i = 0; i < rowLoss.size(); i++) {
      sum += rowLoss.value(i);
    }
    return sum / rowLoss.size();
  }

  private Probe backward(double loss, Matrix input, List<Matrix> activations, Matrix last) {
    Network network = workload.network();
    int layers = network.depth() + 1;
    List<Matrix> deltas = new ArrayList<>(Collections.nCopies(layers, last));
    List<Matrix> weightGradients = new ArrayList<>(Collections.nCopies(layers, last));
    List<Matrix> biasGradients = new ArrayList<>(Collections.nCopies(layers, last));
    for (int l = layers - 1; l >= 0; l--) {
      Matrix delta = deltas.get(l);
      Matrix below = l == 0 ? input : activations.get(l - 1);
      weightGradients.set(l, operations.product(ProductForm.ATB, below, delta));
      biasGradients.set(l, operations.columnSums(delta));
      if (order == Order.LAYER_BY_LAYER) {
        update(l, weightGradients.get(l), biasGradients.get(l));
      }
      if (l > 0) {
        Matrix upstream = operations.product(ProductForm.ABT, delta, weights.get(l));
        Matrix kept =
            network.activation(l - 1).keepsInput()
                ? sum(l - 1, l == 1 ? input : activations.get(l - 2))
                : below;
        deltas.set(l - 1, operations.derivative(network.activation(l - 1), upstream, kept));
      }
    }
    if (order == Order.AFTER_ALL_GRADIENTS) {
      for (int l = 0; l < layers; l++) {
        update(l, weightGradients.get(l), biasGradients.get(l));
      }
    }
    StepProgram program = workload.program();
    Map<Tensor, Matrix> shown = new HashMap<>();
    for (int l = 0; l < layers; l++) {
      shown.put(program.layers().get(l).activations(), activations.get(l));
      shown.put(program.layers().get(l).delta(), deltas.get(l));
    }
    Dense.parameters(weightGradients, biasGradients).handTo(program.gradients(), shown::put);
    return new Probe(loss, program, shown);
  }

  private void update(int l, Matrix weightGradient, Matrix biasGradient) {
    if (stoppedAt.isEmpty()) {
      Operations.Updated ofWeights =
          operations.update(
              updates.update("W" + (l + 1), step),
              weights.get(l),
              weightGradient,
              weightMoments.stream().map(moment -> moment.get(l)).toList());
      Operations.Updated ofBiases =
          operations.update(
              updates.update("b" + (l + 1), step),
              biases.get(l),
              biasGradient,
              biasMoments.stream().map(moment -> moment.get(l)).toList());
      weights.set(l, ofWeights.weights());
      biases.set(l, ofBiases.weights());
      for (int k = 0; k < weightMoments.size(); k++) {
        weightMoments.get(k).set(l, ofWeights.moments().get(k));
        biasMoments.get(k).set(l, ofBiases.moments().get(k));
      }
    }
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public Parameters parameters() {
    return Dense.parameters(weights, biases).copy();
  }

  @Override
  public List<Parameters> moments() {
    List<Parameters> moments = new ArrayList<>();
    for (int k = 0; k < weightMoments.size(); k++) {
      moments.add(Dense.parameters(weightMoments.get(k), biasMoments.get(k)).copy());
    }
    return moments;
  }

  @Override
  public void restore(Parameters parameters, List<Parameters> moments, long step) {
    workload.requireShapeOf(parameters, moments);
    weightMoments.clear();
    biasMoments.clear();
    for (int k = 0; k < workload.optimizer().rule().moments(); k++) {
      Parameters moment = (moments.isEmpty() ? parameters.zeros() : moments.get(k)).copy();
      weightMoments.add(new ArrayList<>(Dense.weights(moment)));
      biasMoments.add(new ArrayList<>(Dense.biases(moment)));
    }
    Parameters copy = parameters.copy();
    weights.clear();
    weights.addAll(Dense.weights(copy));
    biases.clear();
    biases.addAll(Dense.biases(copy));
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
    Matrix logits = forward(input).getLast();
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
