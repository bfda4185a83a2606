package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.model.Activation;
import dev.lockstep.model.DoubleMatrix;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.model.Updates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How far one training step in binary32 may be, element by element, from the same step without
 * rounding: the standard a-priori analysis, propagated through the step.
 *
 * <p>With u = 2^-24 and gamma(n) = n u / (1 - n u), an inner product of n terms in any order errs
 * by at most gamma(n) sum |a||b| (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd
 * ed., section 3.1). Every other operation errs by u relative to its result, an elementary function
 * by {@link ElementBound#ELEMENTARY}, and errors that come in are multiplied by the largest
 * derivative. Where a library rounds the operands of its products, {@link OperandRounding} says by
 * how much and replaces gamma; only the products change. Values are those of the binary64 step,
 * whose own error is 2^-29 of the bound and is covered by a factor of {@value #SLACK}. Underflow
 * adds what {@link Subnormals} says, half the smallest subnormal an operation or more.
 *
 * @param loss bound of each row's loss, averaged
 * @param activations bound of what comes out of each layer
 * @param deltas bound of each layer's delta
 * @param gradients bound of each gradient
 * @param updated bound of each parameter after the step
 */
public record StepBound(
    double loss,
    List<Matrix> activations,
    List<Matrix> deltas,
    Parameters gradients,
    Parameters updated) {

  private static final double U = 0x1p-24;
  private static final double SLACK = 1.001;

  /**
   * The bound of the step that {@code probe} recorded in binary64.
   *
   * @param network shapes
   * @param loss of the step
   * @param noise of the training
   * @param updates of the step
   * @param step counted from 0
   * @param state parameters before the step, exact in binary32
   * @param moments what the rule keeps of them, likewise; empty if they are +0
   * @param input the rows of the step, B x inputs, exact in binary32
   * @param probe the step in binary64 from the same state
   * @param rounding of the operands of products
   * @param subnormals what becomes of them
   */
  public static StepBound of(
      Network network,
      Loss loss,
      UnitNoise noise,
      Updates updates,
      long step,
      Parameters state,
      List<Parameters> moments,
      Matrix input,
      Probe probe,
      OperandRounding rounding,
      Subnormals subnormals) {
    ElementBound element = new ElementBound(rounding, subnormals);
    return new Propagation(network, state, noise, step, input, probe, element)
        .bound(loss, updates, step, moments);
  }

  /**
   * The shares of the bound that a step uses, tensor by tensor in the order in which it computes
   * them.
   *
   * @param probe the step
   * @param exact the same in binary64
   * @param after parameters after it
   * @param exactAfter the same in binary64
   */
  public List<TensorShare> shares(
      Probe probe, Probe exact, Parameters after, Parameters exactAfter) {
    List<TensorShare> shares = new ArrayList<>();
    int layers = activations.size();
    for (int l = 0; l < layers; l++) {
      shares.add(
          TensorShare.of(
              l == layers - 1 ? "outputs" : "activations of layer " + (l + 1),
              exact.activations().get(l),
              probe.activations().get(l),
              activations.get(l)));
    }
    shares.add(TensorShare.of("loss", exact.loss(), probe.loss(), loss));
    for (int l = layers - 1; l >= 0; l--) {
      shares.add(
          TensorShare.of(
              "delta of layer " + (l + 1),
              exact.deltas().get(l),
              probe.deltas().get(l),
              deltas.get(l)));
    }
    shares.addAll(shares("gradient of ", exact.gradients(), probe.gradients(), gradients));
    shares.addAll(shares("", exactAfter, after, updated));
    return shares;
  }

  /**
   * The same of a step of which only the results can be seen.
   *
   * @param actualLoss of the step
   */
  public List<TensorShare> shares(
      double actualLoss, Probe exact, Parameters after, Parameters exactAfter) {
    List<TensorShare> shares = new ArrayList<>();
    shares.add(TensorShare.of("loss", exact.loss(), actualLoss, loss));
    shares.addAll(shares("", exactAfter, after, updated));
    return shares;
  }

  /**
   * The shares of the bound that the difference of two sets of parameters (or gradients) uses, W1
   * first, then b1, W2, ...
   */
  public static List<TensorShare> shares(
      String prefix, Parameters expected, Parameters actual, Parameters bound) {
    List<TensorShare> shares = new ArrayList<>();
    for (int l = 0; l < expected.layers(); l++) {
      shares.add(
          TensorShare.of(
              prefix + "W" + (l + 1),
              expected.weights().get(l),
              actual.weights().get(l),
              bound.weights().get(l)));
      shares.add(
          TensorShare.of(
              prefix + "b" + (l + 1),
              expected.biases().get(l),
              actual.biases().get(l),
              bound.biases().get(l)));
    }
    return shares;
  }

  /** The largest of these shares; above 1 the two disagree. */
  public static double share(Parameters a, Parameters b, Parameters bound) {
    return largest(shares("", a, b, bound));
  }

  /** The largest of some shares; 0 of none. */
  public static double largest(List<TensorShare> shares) {
    return shares.stream().mapToDouble(TensorShare::share).max().orElse(0);
  }

  /** The bounds of one step, layer by layer; all arrays row-major. */
  private static final class Propagation {
    private final Network network;
    private final Parameters state;
    private final UnitNoise noise;
    private final long step;
    private final int rows;
    private final Probe probe;
    private final ElementBound element;
    private final Subnormals subnormals;
    private final double underflow;
    private final List<double[]> inputs = new ArrayList<>();
    private final List<double[]> inputErrors = new ArrayList<>();
    private final List<double[]> zErrors = new ArrayList<>();
    private final List<double[]> zs = new ArrayList<>();

    Propagation(
        Network network,
        Parameters state,
        UnitNoise noise,
        long step,
        Matrix input,
        Probe probe,
        ElementBound element) {
      this.network = network;
      this.state = state;
      this.noise = noise;
      this.step = step;
      this.probe = probe;
      this.element = element;
      subnormals = element.subnormals();
      underflow = subnormals.ofResult();
      rows = input.rows();
      inputs.add(input.widened().data());
      inputErrors.add(new double[input.size()]);
    }

    StepBound bound(Loss loss, Updates updates, long step, List<Parameters> moments) {
      for (int l = 0; l < network.layers(); l++) {
        forward(l);
      }
      double[] deltaErrors = new double[rows * network.outputs()];
      double lossError =
          switch (loss) {
            case CROSS_ENTROPY -> softmax(deltaErrors);
            case SQUARED_ERROR -> squares(deltaErrors);
          };
      List<Matrix> weightErrors = new ArrayList<>();
      List<Matrix> biasErrors = new ArrayList<>();
      List<Matrix> deltas = new ArrayList<>();
      for (int l = network.layers() - 1; l >= 0; l--) {
        double[] delta = probe.deltas().get(l).widened().data();
        deltas.addFirst(scaled(new DoubleMatrix(rows, network.out(l), deltaErrors)));
        weightErrors.addFirst(weightGradient(l, delta, deltaErrors));
        biasErrors.addFirst(biasGradient(l, delta, deltaErrors));
        if (l > 0) {
          deltaErrors = below(l, delta, deltaErrors);
        }
      }
      Parameters gradients = new Parameters(weightErrors, biasErrors);
      return new StepBound(
          lossError * SLACK,
          activations(),
          deltas,
          scaled(gradients),
          updated(updates, step, moments, gradients));
    }

    private List<Matrix> activations() {
      List<Matrix> errors = new ArrayList<>();
      for (int l = 0; l < network.layers(); l++) {
        errors.add(scaled(new DoubleMatrix(rows, network.out(l), inputErrors.get(l + 1))));
      }
      return errors;
    }

    /** What is added to the products of a layer: the bias, and in hidden layers noise. */
    private double[] bias(int l) {
      double[] b = state.biases().get(l).widened().data();
      if (l < network.depth() && !noise.isNone()) {
        float[] drawn = noise.draw(step, l, b.length);
        for (int j = 0; j < b.length; j++) {
          b[j] += drawn[j];
        }
      }
      return b;
    }

    /** z = A W + b and a = f(z). The sum of a bias and noise is rounded; a bias is exact. */
    private void forward(int l) {
      int in = network.in(l);
      int out = network.out(l);
      double[] w = state.weights().get(l).widened().data();
      double[] b = bias(l);
      double ofBias = l < network.depth() && !noise.isNone() ? U : 0;
      double[] z = product(rows, out, in, inputs.get(l), w);
      double[] error = productError(rows, out, in, inputs.get(l), inputErrors.get(l), w, null);
      double[] aError = new double[error.length];
      double[] a = probe.activations().get(l).widened().data();
      for (int i = 0; i < z.length; i++) {
        z[i] += b[i % out];
        error[i] += ofBias * Math.abs(b[i % out]) + element.ofBias(in, b[i % out]);
        error[i] = element.ofSum(z[i], error[i]);
        aError[i] = element.ofFunction(network.activation(l), z[i], a[i], error[i]);
      }
      zs.add(z);
      zErrors.add(error);
      inputs.add(a);
      inputErrors.add(aError);
    }

    /** Fills the errors of delta and returns the mean error of the loss. */
    private double softmax(double[] deltaErrors) {
      int classes = network.outputs();
      double[] delta = probe.deltas().getLast().widened().data();
      double lossError = 0;
      for (int i = 0; i < rows; i++) {
        int row = i * classes;
        SoftmaxBound bound =
            SoftmaxBound.of(
                Arrays.copyOfRange(zs.getLast(), row, row + classes),
                Arrays.copyOfRange(zErrors.getLast(), row, row + classes),
                Arrays.copyOfRange(delta, row, row + classes),
                rows,
                subnormals);
        System.arraycopy(bound.delta(), 0, deltaErrors, row, classes);
        lossError += bound.loss();
      }
      return lossError / rows;
    }

    /** The same of a squared error, whose every distance is scaled and squared. */
    private double squares(double[] deltaErrors) {
      int classes = network.outputs();
      double[] delta = probe.deltas().getLast().widened().data();
      Rounded scale = new Rounded(1.0 / rows, U / rows, subnormals);
      double lossError = 0;
      for (int i = 0; i < rows; i++) {
        Rounded sum = Rounded.exact(0, subnormals);
        for (int c = 0; c < classes; c++) {
          int at = i * classes + c;
          double value = delta[at] * rows;
          double error = zErrors.getLast()[at];
          Rounded distance =
              new Rounded(value, error + U * (Math.abs(value) + error) + underflow, subnormals);
          deltaErrors[at] = distance.times(scale).error();
          sum = Rounded.fma(distance, distance, sum);
        }
        lossError += sum.times(Rounded.exact(0.5, subnormals)).error();
      }
      return lossError / rows;
    }

    /** dW = A^T delta. */
    private DoubleMatrix weightGradient(int l, double[] delta, double[] deltaErrors) {
      int in = network.in(l);
      int out = network.out(l);
      double[] at = transposed(rows, in, inputs.get(l));
      double[] atErrors = transposed(rows, in, inputErrors.get(l));
      return new DoubleMatrix(
          in, out, productError(in, out, rows, at, atErrors, delta, deltaErrors));
    }

    private DoubleMatrix biasGradient(int l, double[] delta, double[] deltaErrors) {
      int out = network.out(l);
      double[] errors = new double[out];
      for (int i = 0; i < delta.length; i++) {
        errors[i % out] +=
            deltaErrors[i] + gamma(rows) * (Math.abs(delta[i]) + deltaErrors[i]) + underflow;
      }
      return new DoubleMatrix(1, out, errors);
    }

    /** delta below = f'(delta W^T, kept). */
    private double[] below(int l, double[] delta, double[] deltaErrors) {
      int in = network.in(l);
      int out = network.out(l);
      double[] wt = transposed(in, out, state.weights().get(l).widened().data());
      double[] upstream = product(rows, in, out, delta, wt);
      double[] error = productError(rows, in, out, delta, deltaErrors, wt, null);
      double[] a = inputs.get(l);
      double[] aErrors = inputErrors.get(l);
      double[] z = zs.get(l - 1);
      double[] zError = zErrors.get(l - 1);
      for (int i = 0; i < error.length; i++) {
        error[i] =
            switch (network.activation(l - 1)) {
              case IDENTITY -> error[i];
              // A sign that rounding may change decides whether anything passes at all.
              case RELU ->
                  Math.abs(z[i]) <= zError[i]
                      ? Math.abs(upstream[i]) + error[i]
                      : z[i] < 0 ? 0 : error[i];
              case LEAKY_RELU -> {
                double slope = z[i] > 0 ? 1 : Activation.LEAKY_SLOPE;
                double slopeError = Math.abs(z[i]) <= zError[i] ? 1 - Activation.LEAKY_SLOPE : 0;
                yield element.ofSlope(upstream[i], error[i], slope, slopeError);
              }
              case TANH -> {
                double slope = Math.abs(Math.fma(-a[i], a[i], 1));
                double slopeError = aErrors[i] * (2 * Math.abs(a[i]) + aErrors[i]);
                slopeError += U * (slope + slopeError);
                yield element.ofSlope(upstream[i], error[i], slope, slopeError);
              }
              case SIGMOID -> {
                double slope = a[i] * (1 - a[i]);
                double slopeError = aErrors[i] * (Math.abs(1 - 2 * a[i]) + aErrors[i]);
                slopeError += 2 * U * (slope + slopeError) + underflow;
                yield element.ofSlope(upstream[i], error[i], slope, slopeError);
              }
              case GELU ->
                  element.ofDerivative(Activation.GELU, upstream[i], z[i], zError[i], error[i]);
            };
      }
      return error;
    }

    private Parameters updated(
        Updates updates, long step, List<Parameters> moments, Parameters errors) {
      List<Matrix> weights = new ArrayList<>();
      List<Matrix> biases = new ArrayList<>();
      for (int l = 0; l < network.layers(); l++) {
        int layer = l;
        weights.add(
            UpdateBound.of(
                updates.weights(l, step),
                state.weights().get(l),
                probe.gradients().weights().get(l),
                errors.weights().get(l),
                moments.stream().map(moment -> moment.weights().get(layer)).toList(),
                subnormals));
        biases.add(
            UpdateBound.of(
                updates.biases(l, step),
                state.biases().get(l),
                probe.gradients().biases().get(l),
                errors.biases().get(l),
                moments.stream().map(moment -> moment.biases().get(layer)).toList(),
                subnormals));
      }
      return scaled(new Parameters(weights, biases));
    }

    private static Parameters scaled(Parameters errors) {
      return new Parameters(
          errors.weights().stream().map(Propagation::scaled).toList(),
          errors.biases().stream().map(Propagation::scaled).toList());
    }

    private static Matrix scaled(Matrix errors) {
      return new DoubleMatrix(
          errors.rows(),
          errors.columns(),
          Arrays.stream(errors.widened().data()).map(x -> x * SLACK).toArray());
    }

    /**
     * The error of an m x n product of inner dimension k whose operands carry errors: |dA|(|B| +
     * |dB|) + |A||dB| + r (|A| + |dA|)(|B| + |dB|). Here r = gamma(k), or, if each term first errs
     * by t = 2 e + e^2 from rounding its operands, r = t + gamma(k) (1 + t). Without {@code
     * bErrors} B is exact.
     *
     * <p>What underflow adds depends on the largest of either, errors included.
     */
    private double[] productError(
        int m,
        int n,
        int k,
        double[] a,
        double[] aErrors,
        double[] b,
        double @org.jspecify.annotations.Nullable [] bErrors) {
      double[] magnitude = new double[a.length];
      double[] carried = new double[a.length];
      double relative = element.relativeOfProduct(k);
      double largestA = 0;
      for (int i = 0; i < a.length; i++) {
        magnitude[i] = Math.abs(a[i]);
        carried[i] = aErrors[i] + relative * (magnitude[i] + aErrors[i]);
        largestA = Math.max(largestA, magnitude[i] + aErrors[i]);
      }
      double largestB = 0;
      double[] reach = new double[b.length];
      for (int i = 0; i < b.length; i++) {
        reach[i] = Math.abs(b[i]) + (bErrors == null ? 0 : bErrors[i]);
        largestB = Math.max(largestB, reach[i]);
      }
      double[] error = product(m, n, k, carried, reach);
      if (bErrors != null) {
        double[] fromB = product(m, n, k, magnitude, bErrors);
        for (int i = 0; i < error.length; i++) {
          error[i] += fromB[i];
        }
      }
      for (int i = 0; i < error.length; i++) {
        error[i] += element.ofUnderflow(k, largestA, largestB);
      }
      return error;
    }

    private static double gamma(int n) {
      return OperandRounding.NONE.ofSum(n);
    }

    private static double[] product(int m, int n, int k, double[] a, double[] b) {
      double[] c = new double[m * n];
      for (int i = 0; i < m; i++) {
        for (int p = 0; p < k; p++) {
          addScaledRow(a[i * k + p], b, p * n, c, i * n, n);
        }
      }
      return c;
    }

    private static void addScaledRow(double s, double[] b, int from, double[] c, int to, int n) {
      for (int j = 0; j < n; j++) {
        c[to + j] += s * b[from + j];
      }
    }

    private static double[] transposed(int rows, int columns, double[] x) {
      double[] t = new double[x.length];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          t[j * rows + i] = x[i * columns + j];
        }
      }
      return t;
    }
  }
}
