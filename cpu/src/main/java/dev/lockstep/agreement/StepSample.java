package dev.lockstep.agreement;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.ResidentTensors;
import dev.lockstep.backend.ResidentTensors.Region;
import dev.lockstep.backend.ResidentTensors.Tensor;
import dev.lockstep.model.Activation;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Update;
import dev.lockstep.model.Updates;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Recomputes some elements of everything a kept step computed, from the backend's own operands: a
 * reference for networks too wide to be trained a second time.
 *
 * <p>Some rows of the batch and some units of every layer are chosen, the first and the last always
 * among them. At every place where a chosen row or unit crosses a chosen unit the activation, the
 * delta, the weight gradient and the updated weight are recomputed, and for every chosen unit the
 * bias gradient and the updated bias; of the loss's gradient every element. Only the rows and
 * columns these depend on are copied, never a whole weight matrix.
 *
 * <p>Canonical operations give one chain of fma an element, so that an exact backend owes every
 * bit. On a library the three products are held against binary64 within the a-priori bound of
 * {@link ElementBound}, and everything else, which is canonical there too, bit for bit. Where a
 * library computes the whole step, every operation is held against binary64 in that way.
 *
 * <p>One sample is for one step: made before it, it keeps what the update overwrites.
 */
public final class StepSample {
  /** Covers the error of what is computed in binary64 here: 2^-29 of a bound. */
  private static final double SLACK = 1.001;

  private final Workload workload;
  private final Network network;
  private final Backend backend;
  private final ElementBound bound;
  private final Operations canonical;
  private final ResidentTensors tensors;
  private final long step;
  private final Updates updates;
  private final int[] rows;
  private final FloatMatrix input;
  private final List<Layer> layers = new ArrayList<>();
  private final List<Sums> sums = new ArrayList<>();
  private final SampleTally tally;

  /**
   * What of a layer is kept from before the step.
   *
   * @param below chosen units (or inputs) below
   * @param units chosen units
   * @param columns of the weights, in x units
   * @param rowsBelow of the weights, below x out
   * @param biases 1 x units
   */
  private record Layer(
      int[] below, int[] units, FloatMatrix columns, FloatMatrix rowsBelow, FloatMatrix biases) {}

  /**
   * What the activations of a layer were given, at chosen rows and units.
   *
   * @param canonical by canonical operations
   * @param values in binary64
   * @param errors how far a library's may be from those
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sums(Matrix canonical, double[] values, double[] errors) {}

  private StepSample(
      Workload workload,
      Backend backend,
      Operations canonical,
      ResidentTensors tensors,
      long step,
      SampleExtent extent,
      long seed) {
    this.workload = workload;
    this.backend = backend;
    bound = ElementBound.of(backend);
    this.canonical = canonical;
    this.tensors = tensors;
    this.step = step;
    if (workload.optimizer().rule().moments() > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "what %s keeps cannot be sampled", workload.optimizer().rule()));
    }
    if (workload.loss() != Loss.CROSS_ENTROPY) {
      throw new IllegalArgumentException(workload.loss() + " cannot be sampled");
    }
    network = workload.network();
    updates = new Updates(workload.optimizer());
    tally = new SampleTally(step + 1);
    Random random = new Random(seed);
    rows = extent.ofRows(workload.batch(), random);
    input = workload.rowsOf(step);
    int[] below = extent.ofUnits(network.inputs(), random);
    for (int l = 0; l < network.layers(); l++) {
      int[] units = extent.ofUnits(network.out(l), random);
      layers.add(
          new Layer(
              below,
              units,
              columns(Tensor.WEIGHTS, l, network.in(l), units),
              rows(Tensor.WEIGHTS, l, below, network.out(l)),
              columns(Tensor.BIASES, l, 1, units)));
      below = units;
    }
  }

  /**
   * Chooses rows and units, and copies what the coming step overwrites.
   *
   * @param backend whose kind and rounding decide what is owed
   * @param canonical operations of an exact backend, another than the one looked at
   * @param tensors of the backend's trainer
   * @param step that is due, counted from 0
   * @param extent how many rows and units
   * @param seed of the choice
   * @throws IllegalArgumentException if the optimiser's rule keeps anything of earlier gradients,
   *     or the loss is not cross-entropy
   */
  public static StepSample before(
      Workload workload,
      Backend backend,
      Operations canonical,
      ResidentTensors tensors,
      long step,
      SampleExtent extent,
      long seed) {
    return new StepSample(workload, backend, canonical, tensors, step, extent, seed);
  }

  /** Recomputes the step, which must have been kept and be the last. */
  public SampleTally after() {
    for (int l = 0; l < network.layers(); l++) {
      forward(l);
    }
    loss();
    for (int l = network.layers() - 1; l >= 0; l--) {
      gradient(l);
      bias(l);
      if (l > 0) {
        backward(l);
      }
    }
    return tally;
  }

  /** a = f(x W + b) at chosen rows and units. */
  private void forward(int l) {
    Layer layer = layers.get(l);
    FloatMatrix x = l == 0 ? ofInput(rows) : rows(Tensor.ACTIVATIONS, l - 1, rows, network.in(l));
    FloatMatrix biases = trainingBiases(l);
    Matrix z = canonical.product(ProductForm.AB, x, layer.columns());
    Matrix expected = canonical.activate(network.activation(l), z, biases);
    double[] values = new double[expected.size()];
    double[] errors = new double[expected.size()];
    sums.add(new Sums(canonical.activate(Activation.IDENTITY, z, biases), values, errors));
    FloatMatrix actual = cross(Tensor.ACTIVATIONS, l, rows, layer.units());
    String name = "activation of layer " + (l + 1);
    if (backend.kind() == Kind.EXACT) {
      tally.bits(name, rows, layer.units(), expected, actual);
      return;
    }
    ExactProduct exact = ExactProduct.of(ProductForm.AB, x, layer.columns(), bound);
    for (int i = 0; i < actual.size(); i++) {
      double bias = biases.value(i % actual.columns());
      double sum = exact.value(i) + bias;
      double error = exact.error(i) + bound.ofBias(network.in(l), bias);
      double a = ExactActivation.value(network.activation(l), sum);
      values[i] = sum;
      errors[i] = bound.ofSum(sum, error);
      tally.within(actual.value(i), a, bound.ofActivation(network.activation(l), sum, a, error));
    }
  }

  /** The biases of chosen units, with the step's noise. */
  private FloatMatrix trainingBiases(int l) {
    Layer layer = layers.get(l);
    if (l == network.depth() || workload.noise().isNone()) {
      return layer.biases();
    }
    float[] noise = workload.noise().draw(step, l, network.out(l));
    FloatMatrix shifted = new FloatMatrix(1, layer.units().length);
    for (int j = 0; j < shifted.size(); j++) {
      shifted.data()[j] = layer.biases().data()[j] + noise[layer.units()[j]];
    }
    return shifted;
  }

  /** The gradient of the loss by the logits: all of it. */
  private void loss() {
    int last = network.layers() - 1;
    int classes = network.outputs();
    Region all = new Region(0, workload.batch(), 0, classes);
    FloatMatrix logits = tensors.part(Tensor.ACTIVATIONS, last, all);
    FloatMatrix actual = tensors.part(Tensor.DELTAS, last, all);
    if (backend.kind() == Kind.LIBRARY_STEP) {
      lossWithinBound(logits, actual);
    } else {
      Matrix expected = canonical.loss(workload.loss(), logits, labels()).delta();
      tally.bits(
          "delta of layer " + (last + 1),
          range(workload.batch()),
          range(classes),
          expected,
          actual);
    }
  }

  private void lossWithinBound(FloatMatrix logits, FloatMatrix actual) {
    int classes = logits.columns();
    int[] labels = labels();
    for (int i = 0; i < logits.rows(); i++) {
      double[] z = new double[classes];
      double max = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        z[c] = logits.value(i * classes + c);
        max = Math.max(max, z[c]);
      }
      double sum = 0;
      for (double value : z) {
        sum += Math.exp(value - max);
      }
      double[] delta = new double[classes];
      for (int c = 0; c < classes; c++) {
        delta[c] = (Math.exp(z[c] - max) / sum - (c == labels[i] ? 1 : 0)) / logits.rows();
      }
      double[] errors =
          SoftmaxBound.of(z, new double[classes], delta, logits.rows(), backend.subnormals())
              .delta();
      for (int c = 0; c < classes; c++) {
        tally.within(actual.value(i * classes + c), delta[c], SLACK * errors[c]);
      }
    }
  }

  /** delta below = f'(delta W^T, kept) at chosen rows and units, W from before the step. */
  private void backward(int l) {
    Layer layer = layers.get(l);
    FloatMatrix delta = rows(Tensor.DELTAS, l, rows, network.out(l));
    Activation activation = network.activation(l - 1);
    // The units below are the units that the layer below was looked at in.
    Sums kept = sums.get(l - 1);
    Matrix from =
        activation.keepsInput()
            ? kept.canonical()
            : cross(Tensor.ACTIVATIONS, l - 1, rows, layer.below());
    Matrix upstream = canonical.product(ProductForm.ABT, delta, layer.rowsBelow());
    Matrix expected = canonical.derivative(activation, upstream, from);
    FloatMatrix actual = cross(Tensor.DELTAS, l - 1, rows, layer.below());
    if (backend.kind() == Kind.EXACT) {
      tally.bits("delta of layer " + l, rows, layer.below(), expected, actual);
      return;
    }
    ExactProduct exact = ExactProduct.of(ProductForm.ABT, delta, layer.rowsBelow(), bound);
    for (int i = 0; i < actual.size(); i++) {
      double x = activation.keepsInput() ? kept.values()[i] : from.value(i);
      double ofX = activation.keepsInput() ? kept.errors()[i] : 0;
      double slope = ExactActivation.slope(activation, x);
      double error = bound.ofDerivative(activation, exact.value(i), x, ofX, exact.error(i));
      tally.within(actual.value(i), exact.value(i) * slope, error);
    }
  }

  /** dW = A^T delta and w = fma(-rate, dW, w), at chosen units below and above. */
  private void gradient(int l) {
    Layer layer = layers.get(l);
    int batch = workload.batch();
    FloatMatrix below =
        l == 0
            ? picked(input, layer.below())
            : columns(Tensor.ACTIVATIONS, l - 1, batch, layer.below());
    FloatMatrix delta = columns(Tensor.DELTAS, l, batch, layer.units());
    FloatMatrix actual = cross(Tensor.WEIGHT_GRADIENTS, l, layer.below(), layer.units());
    String name = "gradient of W" + (l + 1);
    if (backend.kind() == Kind.EXACT) {
      Matrix expected = canonical.product(ProductForm.ATB, below, delta);
      tally.bits(name, layer.below(), layer.units(), expected, actual);
    } else {
      ExactProduct exact = ExactProduct.of(ProductForm.ATB, below, delta, bound);
      for (int i = 0; i < actual.size(); i++) {
        tally.within(actual.value(i), exact.value(i), exact.error(i));
      }
    }
    updated(
        "W" + (l + 1),
        layer.below(),
        layer.units(),
        picked(layer.rowsBelow(), layer.units()),
        actual,
        updates.weights(l, step),
        cross(Tensor.WEIGHTS, l, layer.below(), layer.units()));
  }

  /** The update, w = fma(-rate, g, w), at chosen rows and columns. */
  private void updated(
      String name,
      int[] chosenRows,
      int[] chosenColumns,
      FloatMatrix before,
      FloatMatrix gradient,
      Update update,
      FloatMatrix actual) {
    if (backend.kind() != Kind.LIBRARY_STEP) {
      Matrix expected = canonical.update(update, before, gradient, List.of()).weights();
      tally.bits(name, chosenRows, chosenColumns, expected, actual);
      return;
    }
    for (int i = 0; i < actual.size(); i++) {
      Rounded expected =
          Rounded.fma(
              Rounded.exact(-update.rate(), backend.subnormals()),
              Rounded.exact(gradient.value(i), backend.subnormals()),
              Rounded.exact(before.value(i), backend.subnormals()));
      tally.within(actual.value(i), expected.value(), SLACK * expected.error());
    }
  }

  /** db = column sums of delta, and the update, at chosen units. */
  private void bias(int l) {
    Layer layer = layers.get(l);
    int[] only = {0};
    FloatMatrix gradient = columns(Tensor.BIAS_GRADIENTS, l, 1, layer.units());
    FloatMatrix delta = columns(Tensor.DELTAS, l, workload.batch(), layer.units());
    if (backend.kind() == Kind.LIBRARY_STEP) {
      sumsWithinBound(delta, gradient);
    } else {
      Matrix expected = canonical.columnSums(delta);
      tally.bits("gradient of b" + (l + 1), only, layer.units(), expected, gradient);
    }
    updated(
        "b" + (l + 1),
        only,
        layer.units(),
        layer.biases(),
        gradient,
        updates.biases(l, step),
        columns(Tensor.BIASES, l, 1, layer.units()));
  }

  private void sumsWithinBound(FloatMatrix delta, FloatMatrix actual) {
    for (int j = 0; j < delta.columns(); j++) {
      double sum = 0;
      double magnitude = 0;
      for (int i = 0; i < delta.rows(); i++) {
        double value = delta.value(i * delta.columns() + j);
        sum += value;
        magnitude += Math.abs(value);
      }
      tally.within(actual.value(j), sum, SLACK * bound.ofSum(delta.rows(), magnitude));
    }
  }

  private int[] labels() {
    int[] numbers = new int[workload.batch()];
    workload.batches().rowsOf(step, numbers);
    int[] labels = new int[numbers.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = workload.data().train().labels()[numbers[i]];
    }
    return labels;
  }

  private static int[] range(int count) {
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      all[i] = i;
    }
    return all;
  }

  private FloatMatrix ofInput(int[] chosen) {
    FloatMatrix result = new FloatMatrix(chosen.length, input.columns());
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(
          input.data(),
          chosen[i] * input.columns(),
          result.data(),
          i * input.columns(),
          input.columns());
    }
    return result;
  }

  /** Some columns of a matrix. */
  private static FloatMatrix picked(FloatMatrix matrix, int[] chosen) {
    FloatMatrix result = new FloatMatrix(matrix.rows(), chosen.length);
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < chosen.length; j++) {
        result.data()[i * chosen.length + j] = matrix.data()[i * matrix.columns() + chosen[j]];
      }
    }
    return result;
  }

  private FloatMatrix rows(Tensor tensor, int layer, int[] chosen, int columns) {
    FloatMatrix result = new FloatMatrix(chosen.length, columns);
    for (int i = 0; i < chosen.length; i++) {
      FloatMatrix row = tensors.part(tensor, layer, Region.ofRow(chosen[i], columns));
      System.arraycopy(row.data(), 0, result.data(), i * columns, columns);
    }
    return result;
  }

  private FloatMatrix columns(Tensor tensor, int layer, int count, int[] chosen) {
    FloatMatrix result = new FloatMatrix(count, chosen.length);
    for (int j = 0; j < chosen.length; j++) {
      FloatMatrix column = tensors.part(tensor, layer, Region.ofColumn(chosen[j], count));
      for (int i = 0; i < count; i++) {
        result.data()[i * chosen.length + j] = column.data()[i];
      }
    }
    return result;
  }

  private FloatMatrix cross(Tensor tensor, int layer, int[] chosenRows, int[] chosenColumns) {
    int first = chosenColumns[0];
    int width = chosenColumns[chosenColumns.length - 1] - first + 1;
    FloatMatrix result = new FloatMatrix(chosenRows.length, chosenColumns.length);
    for (int i = 0; i < chosenRows.length; i++) {
      // One copy a row: of a tensor on a device, elements one by one would take a copy each.
      FloatMatrix row = tensors.part(tensor, layer, new Region(chosenRows[i], 1, first, width));
      for (int j = 0; j < chosenColumns.length; j++) {
        result.data()[i * chosenColumns.length + j] = row.data()[chosenColumns[j] - first];
      }
    }
    return result;
  }
}
