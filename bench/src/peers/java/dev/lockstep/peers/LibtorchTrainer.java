package dev.lockstep.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.cpu.HostTrainer;
import dev.lockstep.data.Examples;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Update;
import dev.lockstep.scenario.Workload;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The training step by libtorch, as one who wants it fast writes it: all rows resident, every
 * tensor allocated once, activations, derivatives and the update in place, no graph recorded and no
 * gradient zeroed. Shapes are those of {@link Parameters}; B rows a step.
 */
final class LibtorchTrainer extends HostTrainer {
  private final Torch torch;
  private final TorchOperators operators;
  private final TorchActivations functions;
  private final int threads;
  private final Network network;
  private final int batch;
  private final NDManager manager;
  private final NDArray rows;
  private final NDArray rowNumbers;
  private final NDArray labels;
  private final NDArray minusOnes;
  private final NDArray input;
  private final NDArray inputTransposed;
  private final NDArray logProbabilities;
  private final NDArray picked;
  private final MemorySegment scale;
  private final List<Layer> layers = new ArrayList<>();

  /**
   * What a layer has; a transpose is a view of the same numbers.
   *
   * @param shifted the bias with the step's noise; the bias itself where there is none
   * @param kept B x out, what the derivative is taken from: the activation itself, or its input
   * @param activation B x out, after the activation
   * @param delta B x out
   */
  private record Layer(
      NDArray weights,
      NDArray weightsTransposed,
      NDArray bias,
      NDArray shifted,
      NDArray kept,
      NDArray activation,
      NDArray activationTransposed,
      NDArray delta,
      NDArray weightGradient,
      NDArray biasGradient,
      TorchUpdate weightUpdate,
      TorchUpdate biasUpdate) {}

  LibtorchTrainer(Torch torch, Workload workload, int threads) {
    super(workload);
    this.torch = torch;
    this.threads = threads;
    operators = torch.operators();
    functions = torch.activations();
    network = workload.network();
    batch = workload.batch();
    manager = torch.manager();
    torch.useThreads(threads);
    Examples train = workload.data().train();
    int inputs = network.inputs();
    rows = torch.tensor(manager, new FloatMatrix(train.rows(), inputs, train.features()));
    rowNumbers = torch.indices(manager, new int[batch]).reshape(batch);
    labels = torch.indices(manager, new int[batch]);
    minusOnes = manager.ones(new Shape(batch, 1)).neg();
    input = Torch.zeros(manager, batch, inputs);
    inputTransposed = input.transpose();
    logProbabilities = Torch.zeros(manager, batch, network.outputs());
    picked = Torch.zeros(manager, batch, 1);
    scale = TorchOperators.scalar(1 / (float) batch);
    for (int l = 0; l < network.layers(); l++) {
      layers.add(layer(l, workload.initial()));
    }
  }

  private Layer layer(int l, Parameters initial) {
    int in = network.in(l);
    int out = network.out(l);
    NDArray weights = torch.tensor(manager, initial.weights().get(l));
    NDArray bias = torch.tensor(manager, initial.biases().get(l));
    NDArray kept = Torch.zeros(manager, batch, out);
    NDArray activation = outputOf(l, kept, manager);
    return new Layer(
        weights,
        weights.transpose(),
        bias,
        shifts(l) ? Torch.zeros(manager, 1, out) : bias,
        kept,
        activation,
        activation.transpose(),
        Torch.zeros(manager, batch, out),
        Torch.zeros(manager, in, out),
        Torch.zeros(manager, 1, out),
        updates(in, out),
        updates(1, out));
  }

  /** Where a layer's activation writes: over its input, unless it keeps that. */
  private NDArray outputOf(int l, NDArray sums, NDManager owner) {
    return network.activation(l).keepsInput()
        ? Torch.zeros(owner, (int) sums.getShape().get(0), network.out(l))
        : sums;
  }

  private TorchUpdate updates(int rows, int columns) {
    return new TorchUpdate(
        operators, manager, workload.optimizer().rule().moments(), rows, columns);
  }

  @Override
  protected double forward(int[] numbers) {
    torch.useThreads(threads);
    int[] classes = new int[batch];
    for (int i = 0; i < batch; i++) {
      classes[i] = workload.data().train().labels()[numbers[i]];
    }
    torch.set(rowNumbers, numbers);
    torch.set(labels, classes);
    operators.rows(rows, rowNumbers, input);
    shiftBiases();
    NDArray below = input;
    for (int l = 0; l < network.layers(); l++) {
      Layer layer = layers.get(l);
      operators.linear(layer.shifted(), below, layer.weights(), layer.kept());
      functions.activate(network.activation(l), layer.kept(), layer.activation());
      below = layer.activation();
    }
    NDArray delta = layers.getLast().delta();
    return switch (workload.loss()) {
      case CROSS_ENTROPY -> crossEntropy(below, delta);
      case SQUARED_ERROR -> squaredError(below, delta);
    };
  }

  private void shiftBiases() {
    for (int l = 0; l < network.layers(); l++) {
      if (shifts(l)) {
        Layer layer = layers.get(l);
        FloatMatrix bias = torch.matrix(layer.bias());
        float[] noise = noise(l);
        for (int j = 0; j < noise.length; j++) {
          bias.data()[j] += noise[j];
        }
        torch.set(layer.shifted(), bias);
      }
    }
  }

  private double crossEntropy(NDArray logits, NDArray delta) {
    operators.softmax(logits, delta);
    operators.addAt(delta, labels, minusOnes);
    operators.scale(delta, scale);
    operators.logSoftmax(logits, logProbabilities);
    operators.pick(logProbabilities, labels, picked);
    double sum = 0;
    for (float logarithm : torch.matrix(picked).data()) {
      sum -= logarithm;
    }
    return sum / batch;
  }

  private double squaredError(NDArray outputs, NDArray delta) {
    torch.copy(outputs, delta);
    operators.addAt(delta, labels, minusOnes);
    double sum = 0;
    for (float loss : torch.halfSquares(delta)) {
      sum += loss;
    }
    operators.scale(delta, scale);
    return sum / batch;
  }

  @Override
  protected void backward() {
    for (int l = network.layers() - 1; l >= 0; l--) {
      Layer layer = layers.get(l);
      NDArray belowTransposed = l == 0 ? inputTransposed : layers.get(l - 1).activationTransposed();
      operators.product(belowTransposed, layer.delta(), layer.weightGradient());
      operators.columnSums(layer.delta(), layer.biasGradient());
      if (l > 0) {
        Layer below = layers.get(l - 1);
        operators.product(layer.delta(), layer.weightsTransposed(), below.delta());
        functions.derivative(network.activation(l - 1), below.delta(), below.kept());
      }
    }
  }

  @Override
  protected void update() {
    for (int l = 0; l < layers.size(); l++) {
      Layer layer = layers.get(l);
      Update ofWeights = updates.weights(l, step());
      Update ofBiases = updates.biases(l, step());
      layer.weightUpdate().apply(ofWeights, layer.weights(), layer.weightGradient());
      layer.biasUpdate().apply(ofBiases, layer.bias(), layer.biasGradient());
    }
  }

  @Override
  protected Probe kept(double loss) {
    return new Probe(
        loss,
        layers.stream().<Matrix>map(layer -> torch.matrix(layer.activation())).toList(),
        layers.stream().<Matrix>map(layer -> torch.matrix(layer.delta())).toList(),
        new Parameters(
            layers.stream().<Matrix>map(layer -> torch.matrix(layer.weightGradient())).toList(),
            layers.stream().<Matrix>map(layer -> torch.matrix(layer.biasGradient())).toList()));
  }

  @Override
  public Parameters parameters() {
    return new Parameters(
        layers.stream().<Matrix>map(layer -> torch.matrix(layer.weights())).toList(),
        layers.stream().<Matrix>map(layer -> torch.matrix(layer.bias())).toList());
  }

  @Override
  public List<Parameters> moments() {
    List<Parameters> moments = new ArrayList<>();
    for (int k = 0; k < workload.optimizer().rule().moments(); k++) {
      int number = k;
      moments.add(
          new Parameters(
              layers.stream()
                  .<Matrix>map(layer -> torch.matrix(layer.weightUpdate().moment(number)))
                  .toList(),
              layers.stream()
                  .<Matrix>map(layer -> torch.matrix(layer.biasUpdate().moment(number)))
                  .toList()));
    }
    return moments;
  }

  @Override
  protected void load(Parameters parameters, List<Parameters> moments) {
    for (int l = 0; l < network.layers(); l++) {
      Layer layer = layers.get(l);
      torch.set(layer.weights(), parameters.weights().get(l));
      torch.set(layer.bias(), parameters.biases().get(l));
      for (int k = 0; k < workload.optimizer().rule().moments(); k++) {
        Parameters values = moments.isEmpty() ? parameters.zeros() : moments.get(k);
        torch.set(layer.weightUpdate().moment(k), values.weights().get(l));
        torch.set(layer.biasUpdate().moment(k), values.biases().get(l));
      }
    }
  }

  @Override
  public Evaluation evaluate(Examples examples) {
    torch.useThreads(threads);
    int count = examples.rows();
    try (NDManager scratch = manager.newSubManager()) {
      NDArray below =
          torch.tensor(scratch, new FloatMatrix(count, network.inputs(), examples.features()));
      for (int l = 0; l < network.layers(); l++) {
        NDArray sums = Torch.zeros(scratch, count, network.out(l));
        NDArray out = outputOf(l, sums, scratch);
        operators.linear(layers.get(l).bias(), below, layers.get(l).weights(), sums);
        functions.activate(network.activation(l), sums, out);
        below = out;
      }
      NDArray classes = torch.indices(scratch, examples.labels());
      float[] losses =
          switch (workload.loss()) {
            case CROSS_ENTROPY -> {
              NDArray logarithms = Torch.zeros(scratch, count, network.outputs());
              NDArray ofLabels = Torch.zeros(scratch, count, 1);
              operators.logSoftmax(below, logarithms);
              operators.pick(logarithms, classes, ofLabels);
              yield ofLabels.neg().toFloatArray();
            }
            case SQUARED_ERROR -> {
              NDArray distances = below.duplicate();
              operators.addAt(distances, classes, scratch.ones(new Shape(count, 1)).neg());
              yield torch.halfSquares(distances);
            }
          };
      FloatMatrix rowLoss = new FloatMatrix(1, count, losses);
      return Evaluation.of(torch.matrix(below), rowLoss, examples.labels());
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
