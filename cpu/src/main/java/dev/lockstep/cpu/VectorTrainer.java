package dev.lockstep.cpu;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.data.Examples;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;

/** The training step on {@link VectorKernels}: bias, activation and derivative fused. */
final class VectorTrainer extends HostTrainer {

  private final VectorKernels kernels;
  private final Network network;
  private final int batch;
  private final float[][] weights;
  private final float[][] biases;
  private final float[][] weightGradients;
  private final float[][] biasGradients;
  private final float[][] activations;
  private final float[][] deltas;
  private final float[] input;
  private final float[] rowLoss;
  private final int[] labels;

  VectorTrainer(Workload workload, int threads) {
    super(workload);
    network = workload.network();
    batch = workload.batch();
    int layers = network.layers();
    weights = new float[layers][];
    biases = new float[layers][];
    weightGradients = new float[layers][];
    biasGradients = new float[layers][];
    activations = new float[layers][];
    deltas = new float[layers][];
    for (int l = 0; l < layers; l++) {
      int out = network.out(l);
      weightGradients[l] = new float[network.in(l) * out];
      biasGradients[l] = new float[out];
      activations[l] = new float[Matrix.requireSize(batch, out)];
      deltas[l] = new float[batch * out];
    }
    input = new float[Matrix.requireSize(batch, network.inputs())];
    rowLoss = new float[batch];
    labels = new int[batch];
    load(workload.initial());
    kernels = new VectorKernels(threads);
  }

  @Override
  protected double forward(int[] rowNumbers) {
    Examples train = workload.data().train();
    int inputs = network.inputs();
    for (int i = 0; i < batch; i++) {
      System.arraycopy(train.features(), rowNumbers[i] * inputs, input, i * inputs, inputs);
      labels[i] = train.labels()[rowNumbers[i]];
    }
    runLayers(batch, input, activations);
    int last = network.layers() - 1;
    kernels.crossEntropy(
        batch, network.outputs(), activations[last], labels, rowLoss, deltas[last]);
    return mean(rowLoss);
  }

  private void runLayers(int rows, float[] x, float[][] outputs) {
    float[] below = x;
    for (int l = 0; l < network.layers(); l++) {
      kernels.forward(
          network.activation(l),
          rows,
          network.out(l),
          network.in(l),
          below,
          weights[l],
          biases[l],
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
      kernels.product(
          ProductForm.ATB,
          network.in(l),
          network.out(l),
          batch,
          below(l),
          deltas[l],
          weightGradients[l]);
      kernels.columnSums(batch, network.out(l), deltas[l], biasGradients[l]);
      propagate(l);
    }
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
          activations[l - 1],
          deltas[l - 1]);
    }
  }

  @Override
  protected void update() {
    switch (workload.optimizer()) {
      case Optimizer.Sgd(List<Float> weightRates, List<Float> biasRates) -> {
        for (int l = 0; l < network.layers(); l++) {
          kernels.sgd(weights[l], weightGradients[l], weightRates.get(l));
          kernels.sgd(biases[l], biasGradients[l], biasRates.get(l));
        }
      }
    }
  }

  /**
   * Updates each layer's weights as soon as the layer below has its deltas, and each with the
   * element of the gradient that has just been computed: gradients of wide layers would take longer
   * to go to memory and back than their products do.
   */
  @Override
  protected void learn() {
    switch (workload.optimizer()) {
      case Optimizer.Sgd(List<Float> weightRates, List<Float> biasRates) -> {
        for (int l = network.layers() - 1; l >= 0; l--) {
          int in = network.in(l);
          int out = network.out(l);
          propagate(l);
          kernels.descend(batch, in, out, below(l), deltas[l], weightRates.get(l), weights[l]);
          kernels.columnSums(batch, out, deltas[l], biasGradients[l]);
          kernels.sgd(biases[l], biasGradients[l], biasRates.get(l));
        }
      }
    }
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
  protected void load(Parameters parameters) {
    for (int l = 0; l < network.layers(); l++) {
      weights[l] = narrowed(parameters.weights().get(l));
      biases[l] = narrowed(parameters.biases().get(l));
    }
  }

  private static float[] narrowed(Matrix matrix) {
    if (matrix instanceof FloatMatrix floats) {
      return floats.data().clone();
    }
    float[] data = new float[matrix.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) matrix.value(i);
    }
    return data;
  }

  @Override
  public Evaluation evaluate(Examples examples) {
    int rows = examples.rows();
    int classes = network.outputs();
    float[][] outputs = new float[network.layers()][];
    for (int l = 0; l < outputs.length; l++) {
      outputs[l] = new float[Matrix.requireSize(rows, network.out(l))];
    }
    runLayers(rows, examples.features(), outputs);
    float[] logits = outputs[outputs.length - 1];
    float[] losses = new float[rows];
    kernels.crossEntropy(
        rows, classes, logits, examples.labels(), losses, new float[logits.length]);
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
