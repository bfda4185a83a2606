package dev.lockstep.symmetry;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The network with one unit a hidden layer that a network in lockstep equals in exact arithmetic.
 *
 * <p>With N(l) equal units in hidden layer l, and N = 1 for the input and the output: a unit's
 * N(l-1) equal incoming weights w act as one weight N(l-1) w; a gradient of the quotient is N(l)
 * times that of each wide weight, so the quotient moves alike under weight rates times N(l-1) /
 * N(l) and bias rates divided by N(l), and weights that decay by N(l) / N(l-1) as much. Adam, whose
 * steps do not depend on the scale of gradients, moves alike under weight rates times N(l-1), the
 * same bias rates, and N(l) times its epsilon.
 */
public final class Quotient {

  private Quotient() {}

  /** One unit a hidden layer. */
  public static Network network(Network wide) {
    return new Network(
        wide.inputs(), Collections.nCopies(wide.depth(), 1), wide.activation(), wide.outputs());
  }

  /**
   * The quotient's parameters in binary64, from those of unit 0.
   *
   * @param wide parameters whose hidden layers are each in lockstep
   */
  public static Parameters parameters(Network network, Parameters wide) {
    Parameters unitZero = ofUnitZero(network, wide);
    List<Matrix> weights = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      weights.add(scaled(unitZero.weights().get(l), fanIn(network, l)));
    }
    return new Parameters(weights, unitZero.biases());
  }

  /**
   * What each wide gradient should be, in the quotient's shapes: the quotient's gradients divided
   * by N(l).
   */
  public static Parameters wideGradients(Network network, Parameters quotientGradients) {
    List<Matrix> weights = new ArrayList<>();
    List<Matrix> biases = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      weights.add(divided(quotientGradients.weights().get(l), fanOut(network, l)));
      biases.add(divided(quotientGradients.biases().get(l), fanOut(network, l)));
    }
    return new Parameters(weights, biases);
  }

  /** The elements of wide gradients (or bounds on them) that belong to unit 0, unscaled. */
  public static Parameters ofUnitZero(Network network, Parameters wide) {
    List<Matrix> weights = new ArrayList<>();
    List<Matrix> biases = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      weights.add(corner(network, l, wide.weights().get(l)));
      biases.add(
          l == network.depth()
              ? wide.biases().get(l).widened()
              : new DoubleMatrix(1, 1, new double[] {wide.biases().get(l).value(0)}));
    }
    return new Parameters(weights, biases);
  }

  /**
   * The same scenario on the quotient network.
   *
   * @throws IllegalArgumentException if there is noise, which no units stay equal under
   */
  public static Workload workload(Workload wide) {
    if (!wide.noise().isNone()) {
      throw new IllegalArgumentException("no unit stands for others that noise sets apart");
    }
    Network network = wide.network();
    return new Workload(
        network(network),
        parameters(network, wide.initial()),
        wide.loss(),
        optimizer(network, wide.optimizer()),
        wide.data(),
        wide.batch(),
        wide.seed());
  }

  private static Optimizer optimizer(Network network, Optimizer wide) {
    List<Update> weights = new ArrayList<>();
    List<Update> biases = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      double in = fanIn(network, l);
      double out = fanOut(network, l);
      double gain = wide.rule().isScaleFree() ? 1 : out;
      Update w = wide.weights().get(l);
      Update b = wide.biases().get(l);
      Rule own = w.rule().withEpsilon(w.rule().epsilon() * out);
      weights.add(
          new Update(own, (float) (w.rate() * (in / gain)), (float) (w.decay() * out / in)));
      biases.add(new Update(own, (float) (b.rate() / gain), 0));
    }
    return new Optimizer(wide.rule(), wide.schedule(), weights, biases);
  }

  private static int fanIn(Network network, int layer) {
    return layer == 0 ? 1 : network.in(layer);
  }

  private static int fanOut(Network network, int layer) {
    return layer == network.depth() ? 1 : network.out(layer);
  }

  /** Column 0 below a hidden layer, row 0 above one. */
  private static DoubleMatrix corner(Network network, int layer, Matrix wide) {
    int rows = layer == 0 ? wide.rows() : 1;
    int columns = layer == network.depth() ? wide.columns() : 1;
    double[] data = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        data[i * columns + j] = wide.value(i * wide.columns() + j);
      }
    }
    return new DoubleMatrix(rows, columns, data);
  }

  private static Matrix scaled(Matrix matrix, int factor) {
    double[] data = matrix.widened().data();
    for (int i = 0; i < data.length; i++) {
      data[i] *= factor;
    }
    return new DoubleMatrix(matrix.rows(), matrix.columns(), data);
  }

  private static Matrix divided(Matrix matrix, int divisor) {
    double[] data = matrix.widened().data();
    for (int i = 0; i < data.length; i++) {
      data[i] /= divisor;
    }
    return new DoubleMatrix(matrix.rows(), matrix.columns(), data);
  }
}
