package dev.lockstep.cpu;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.data.Examples;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * The training step written out, operation after operation, nothing fused: the oracles, and what
 * surrounds the products of a library.
 *
 * @param <A> {@code float[]}, {@code double[]} or native memory
 */
final class PlainTrainer<A> extends HostTrainer {

  private final PlainKernels<A> kernels;
  private final Network network;
  private final int batch;
  private final List<A> weights = new ArrayList<>();
  private final List<A> biases = new ArrayList<>();
  private final List<Moments<A>> moments = new ArrayList<>();
  private final List<A> weightGradients = new ArrayList<>();
  private final List<A> biasGradients = new ArrayList<>();
  private final List<A> shifted = new ArrayList<>();
  private final List<A> kept = new ArrayList<>();
  private final List<A> activations = new ArrayList<>();
  private final List<A> deltas = new ArrayList<>();
  private final A input;
  private final A rowLoss;
  private final int[] labels;

  /** One of the numbers that the rule keeps of each parameter, layer by layer. */
  private record Moments<A>(List<A> weights, List<A> biases) {}

  PlainTrainer(PlainKernels<A> kernels, Workload workload) {
    super(workload);
    this.kernels = kernels;
    network = workload.network();
    batch = workload.batch();
    input = kernels.allocate(batch * network.inputs());
    rowLoss = kernels.allocate(batch);
    labels = new int[batch];
    for (int l = 0; l < network.layers(); l++) {
      weights.add(kernels.from(workload.initial().weights().get(l)));
      biases.add(kernels.from(workload.initial().biases().get(l)));
      shifted.add(shifts(l) ? kernels.allocate(network.out(l)) : biases.get(l));
      weightGradients.add(kernels.allocate(network.in(l) * network.out(l)));
      biasGradients.add(kernels.allocate(network.out(l)));
      addOutputs(batch, l, kept, activations);
      deltas.add(kernels.allocate(batch * network.out(l)));
    }
    for (int k = 0; k < workload.optimizer().rule().moments(); k++) {
      moments.add(zeroMoments());
    }
  }

  /**
   * Allocates what layer l makes of some rows.
   *
   * @param sums gets what the derivative is taken from: the activations themselves, or z
   */
  private void addOutputs(int rows, int l, List<A> sums, List<A> outputs) {
    A z = kernels.allocate(rows * network.out(l));
    sums.add(z);
    outputs.add(network.activation(l).keepsInput() ? kernels.allocate(rows * network.out(l)) : z);
  }

  private Moments<A> zeroMoments() {
    List<A> w = new ArrayList<>();
    List<A> b = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      w.add(kernels.allocate(network.in(l) * network.out(l)));
      b.add(kernels.allocate(network.out(l)));
    }
    return new Moments<>(w, b);
  }

  @Override
  protected double forward(int[] rowNumbers) {
    Examples train = workload.data().train();
    int inputs = network.inputs();
    for (int i = 0; i < batch; i++) {
      kernels.gather(train.features(), rowNumbers[i] * inputs, inputs, input, i * inputs);
      labels[i] = train.labels()[rowNumbers[i]];
    }
    shiftBiases();
    runLayers(batch, input, shifted, kept, activations);
    kernels.loss(
        workload.loss(),
        batch,
        network.outputs(),
        activations.getLast(),
        labels,
        rowLoss,
        deltas.getLast());
    double sum = 0;
    for (int i = 0; i < batch; i++) {
      sum += kernels.at(rowLoss, i);
    }
    return sum / batch;
  }

  private void shiftBiases() {
    for (int l = 0; l < network.layers(); l++) {
      if (shifts(l)) {
        kernels.shift(biases.get(l), noise(l), shifted.get(l));
      }
    }
  }

  private void runLayers(int rows, A x, List<A> b, List<A> sums, List<A> outputs) {
    A below = x;
    for (int l = 0; l < network.layers(); l++) {
      A z = sums.get(l);
      A a = outputs.get(l);
      kernels.product(
          ProductForm.AB, rows, network.out(l), network.in(l), below, weights.get(l), z);
      kernels.activate(network.activation(l), rows, network.out(l), z, b.get(l), a);
      below = a;
    }
  }

  @Override
  protected void backward() {
    for (int l = network.layers() - 1; l >= 0; l--) {
      int in = network.in(l);
      int out = network.out(l);
      A delta = deltas.get(l);
      A below = l == 0 ? input : activations.get(l - 1);
      kernels.product(ProductForm.ATB, in, out, batch, below, delta, weightGradients.get(l));
      kernels.columnSums(batch, out, delta, biasGradients.get(l));
      if (l > 0) {
        A deltaBelow = deltas.get(l - 1);
        kernels.product(ProductForm.ABT, batch, in, out, delta, weights.get(l), deltaBelow);
        kernels.derivative(network.activation(l - 1), deltaBelow, kept.get(l - 1));
      }
    }
  }

  @Override
  protected void update() {
    for (int l = 0; l < network.layers(); l++) {
      int layer = l;
      kernels.update(
          updates.weights(l, step()),
          weights.get(l),
          weightGradients.get(l),
          moments.stream().map(moment -> moment.weights().get(layer)).toList());
      kernels.update(
          updates.biases(l, step()),
          biases.get(l),
          biasGradients.get(l),
          moments.stream().map(moment -> moment.biases().get(layer)).toList());
    }
  }

  @Override
  protected Probe kept(double loss) {
    List<Matrix> a = new ArrayList<>();
    List<Matrix> d = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      a.add(kernels.matrix(batch, network.out(l), activations.get(l)));
      d.add(kernels.matrix(batch, network.out(l), deltas.get(l)));
    }
    return new Probe(loss, a, d, matrices(weightGradients, biasGradients));
  }

  @Override
  public Parameters parameters() {
    return matrices(weights, biases);
  }

  @Override
  public List<Parameters> moments() {
    return moments.stream().map(moment -> matrices(moment.weights(), moment.biases())).toList();
  }

  private Parameters matrices(List<A> w, List<A> b) {
    List<Matrix> wide = new ArrayList<>();
    List<Matrix> flat = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      wide.add(kernels.matrix(network.in(l), network.out(l), w.get(l)));
      flat.add(kernels.matrix(1, network.out(l), b.get(l)));
    }
    return new Parameters(wide, flat);
  }

  @Override
  protected void load(Parameters parameters, List<Parameters> from) {
    copy(parameters, weights, biases);
    for (int k = 0; k < moments.size(); k++) {
      Parameters values = from.isEmpty() ? parameters.zeros() : from.get(k);
      copy(values, moments.get(k).weights(), moments.get(k).biases());
    }
  }

  private void copy(Parameters from, List<A> w, List<A> b) {
    for (int l = 0; l < network.layers(); l++) {
      kernels.copy(from.weights().get(l), w.get(l));
      kernels.copy(from.biases().get(l), b.get(l));
    }
  }

  @Override
  public Evaluation evaluate(Examples examples) {
    int rows = examples.rows();
    int classes = network.outputs();
    A x = kernels.allocate(examples.features().length);
    kernels.gather(examples.features(), 0, examples.features().length, x, 0);
    List<A> sums = new ArrayList<>();
    List<A> outputs = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      addOutputs(rows, l, sums, outputs);
    }
    runLayers(rows, x, biases, sums, outputs);
    A losses = kernels.allocate(rows);
    A unused = kernels.allocate(rows * classes);
    A logits = outputs.getLast();
    kernels.loss(workload.loss(), rows, classes, logits, examples.labels(), losses, unused);
    Evaluation evaluation =
        Evaluation.of(
            kernels.matrix(rows, classes, logits),
            kernels.matrix(1, rows, losses),
            examples.labels());
    sums.forEach(kernels::release);
    outputs.stream().filter(array -> !sums.contains(array)).forEach(kernels::release);
    kernels.release(x);
    kernels.release(losses);
    kernels.release(unused);
    return evaluation;
  }

  @Override
  public void close() {
    kernels.close();
  }
}
