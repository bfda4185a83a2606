package dev.lockstep.cpu;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.data.Examples;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Update;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The training step on {@link VectorKernels}: bias, activation and derivative fused. */
final class VectorTrainer extends HostTrainer {

  private final VectorKernels kernels;
  private final Network network;
  private final int batch;
  private final float[][] weights;
  private final float[][] biases;
  private final List<Moments> moments = new ArrayList<>();
  private final float[][] weightGradients;
  private final float[][] biasGradients;
  private final float[][] shifted;
  private final float[][] kept;
  private final float[][] activations;
  private final float[][] deltas;
  private final float[] input;
  private final float[] rowLoss;
  private final int[] labels;

  /** One of the numbers that the rule keeps of each parameter, layer by layer. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Moments(float[][] weights, float[][] biases) {}

  VectorTrainer(Workload workload, int threads) {
    super(workload);
    network = workload.network();
    batch = workload.batch();
    int layers = network.layers();
    weights = weights();
    biases = biases();
    weightGradients = weights();
    biasGradients = biases();
    shifted = new float[layers][];
    kept = new float[layers][];
    activations = new float[layers][];
    deltas = new float[layers][];
    for (int l = 0; l < layers; l++) {
      shifted[l] = shifts(l) ? new float[network.out(l)] : biases[l];
      addOutputs(batch, l, kept, activations);
      deltas[l] = new float[batch * network.out(l)];
    }
    input = new float[Matrix.requireSize(batch, network.inputs())];
    rowLoss = new float[batch];
    labels = new int[batch];
    for (int k = 0; k < workload.optimizer().rule().moments(); k++) {
      moments.add(new Moments(weights(), biases()));
    }
    load(workload.initial(), List.of());
    kernels = new VectorKernels(threads);
  }

  /** An array as long as the weights of each layer. */
  private float[][] weights() {
    return IntStream.range(0, network.layers())
        .mapToObj(l -> new float[network.in(l) * network.out(l)])
        .toArray(float[][]::new);
  }

  /** An array as long as the biases of each layer. */
  private float[][] biases() {
    return IntStream.range(0, network.layers())
        .mapToObj(l -> new float[network.out(l)])
        .toArray(float[][]::new);
  }

  /**
   * Allocates what layer l makes of some rows.
   *
   * @param sums gets what the derivative is taken from: the activations themselves, or z
   */
  private void addOutputs(int rows, int l, float[][] sums, float[][] outputs) {
    sums[l] = new float[Matrix.requireSize(rows, network.out(l))];
    outputs[l] = network.activation(l).keepsInput() ? new float[sums[l].length] : sums[l];
  }

  @Override
  protected double forward(int[] rowNumbers) {
    Examples train = workload.data().train();
    int inputs = network.inputs();
    for (int i = 0; i < batch; i++) {
      System.arraycopy(train.features(), rowNumbers[i] * inputs, input, i * inputs, inputs);
      labels[i] = train.labels()[rowNumbers[i]];
    }
    shiftBiases();
    runLayers(batch, input, shifted, kept, activations);
    int last = network.layers() - 1;
    kernels.loss(
        workload.loss(),
        batch,
        network.outputs(),
        activations[last],
        labels,
        rowLoss,
        deltas[last]);
    return mean(rowLoss);
  }

  private void shiftBiases() {
    for (int l = 0; l < network.layers(); l++) {
      if (shifts(l)) {
        float[] noise = noise(l);
        for (int j = 0; j < noise.length; j++) {
          shifted[l][j] = biases[l][j] + noise[j];
        }
      }
    }
  }

  private void runLayers(int rows, float[] x, float[][] b, float[][] sums, float[][] outputs) {
    float[] below = x;
    for (int l = 0; l < network.layers(); l++) {
      kernels.forward(
          network.activation(l),
          rows,
          network.out(l),
          network.in(l),
          below,
          weights[l],
          b[l],
          sums[l],
          outputs[l]);
      below = outputs[l];
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  @Override
  protected void backward() {
    for (int l = network.layers() - 1; l >= 0; l--) {
      weightGradient(l);
      kernels.columnSums(batch, network.out(l), deltas[l], biasGradients[l]);
      propagate(l);
    }
  }

  private void weightGradient(int l) {
    kernels.product(
        ProductForm.ATB,
        network.in(l),
        network.out(l),
        batch,
        below(l),
        deltas[l],
        weightGradients[l]);
  }

  /** What layer l gets: rows of the data, or the activations of the layer below. */
  private float[] below(int l) {
    return l == 0 ? input : activations[l - 1];
  }

  /** The deltas of the layer below layer l, if there is one; with l's weights as they are. */
  private void propagate(int l) {
    if (l > 0) {
      kernels.backward(
          network.activation(l - 1),
          batch,
          network.in(l),
          network.out(l),
          deltas[l],
          weights[l],
          kept[l - 1],
          deltas[l - 1]);
    }
  }

  @Override
  protected void update() {
    for (int l = 0; l < network.layers(); l++) {
      updateWeights(l, updates.weights(l, step()));
      updateBiases(l);
    }
  }

  /**
   * Updates each layer's weights as soon as the layer below has its deltas, and each with the
   * element of the gradient that has just been computed: gradients of wide layers would take longer
   * to go to memory and back than their products do.
   */
  @Override
  protected void learn() {
    for (int l = network.layers() - 1; l >= 0; l--) {
      propagate(l);
      Update update = updates.weights(l, step());
      if (update.isPlain()) {
        kernels.descend(
            batch, network.in(l), network.out(l), below(l), deltas[l], update.rate(), weights[l]);
      } else {
        weightGradient(l);
        updateWeights(l, update);
      }
      kernels.columnSums(batch, network.out(l), deltas[l], biasGradients[l]);
      updateBiases(l);
    }
  }

  private void updateWeights(int l, Update update) {
    kernels.update(
        update,
        weights[l],
        weightGradients[l],
        moments.stream().map(moment -> moment.weights()[l]).toList());
  }

  private void updateBiases(int l) {
    kernels.update(
        updates.biases(l, step()),
        biases[l],
        biasGradients[l],
        moments.stream().map(moment -> moment.biases()[l]).toList());
  }

  @Override
  protected Probe kept(double loss) {
    List<Matrix> a = new ArrayList<>();
    List<Matrix> d = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      a.add(new FloatMatrix(batch, network.out(l), activations[l].clone()));
      d.add(new FloatMatrix(batch, network.out(l), deltas[l].clone()));
    }
    return new Probe(loss, a, d, copies(weightGradients, biasGradients));
  }

  @Override
  public Parameters parameters() {
    return copies(weights, biases);
  }

  @Override
  public List<Parameters> moments() {
    return moments.stream().map(moment -> copies(moment.weights(), moment.biases())).toList();
  }

  private Parameters copies(float[][] w, float[][] b) {
    List<Matrix> wide = new ArrayList<>();
    List<Matrix> flat = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      wide.add(new FloatMatrix(network.in(l), network.out(l), w[l].clone()));
      flat.add(new FloatMatrix(1, network.out(l), b[l].clone()));
    }
    return new Parameters(wide, flat);
  }

  @Override
  protected void load(Parameters parameters, List<Parameters> from) {
    load(parameters, weights, biases);
    for (int k = 0; k < moments.size(); k++) {
      Parameters values = from.isEmpty() ? parameters.zeros() : from.get(k);
      load(values, moments.get(k).weights(), moments.get(k).biases());
    }
  }

  /**
   * Into the same arrays each time: a step after a restore then runs on the memory that it ran on
   * before.
   */
  private static void load(Parameters from, float[][] w, float[][] b) {
    for (int l = 0; l < w.length; l++) {
      load(from.weights().get(l), w[l]);
      load(from.biases().get(l), b[l]);
    }
  }

  private static void load(Matrix matrix, float[] data) {
    if (matrix instanceof FloatMatrix floats) {
      System.arraycopy(floats.data(), 0, data, 0, data.length);
      return;
    }
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) matrix.value(i);
    }
  }

  @Override
  public Evaluation evaluate(Examples examples) {
    int rows = examples.rows();
    int classes = network.outputs();
    float[][] sums = new float[network.layers()][];
    float[][] outputs = new float[network.layers()][];
    for (int l = 0; l < outputs.length; l++) {
      addOutputs(rows, l, sums, outputs);
    }
    runLayers(rows, examples.features(), biases, sums, outputs);
    float[] logits = outputs[outputs.length - 1];
    float[] losses = new float[rows];
    kernels.loss(
        workload.loss(),
        rows,
        classes,
        logits,
        examples.labels(),
        losses,
        new float[logits.length]);
    return Evaluation.of(
        new FloatMatrix(rows, classes, logits),
        new FloatMatrix(1, rows, losses),
        examples.labels());
  }

  @Override
  public void close() {
    kernels.close();
  }
}
