package dev.lockstep.bench.study;

import dev.lockstep.data.Examples;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.MemoryNeed;

/** Responses of tanh units to rows of inputs. */
final class Responses {

  private Responses() {}

  /** The memory for the responses of {@code units} units to {@code rows} rows. */
  static MemoryNeed memory(int units, int rows) {
    return new MemoryNeed((long) Double.BYTES * units * rows);
  }

  /**
   * The activations of the first hidden layer, rows x units: tanh(x W + b) in binary64, with the
   * same bits on every machine.
   */
  static DoubleMatrix ofFirstLayer(Parameters parameters, Examples examples) {
    Matrix weights = parameters.weights(0);
    double[] w = weights.widened().data();
    Matrix bias = parameters.bias(0);
    int units = weights.columns();
    int inputs = weights.rows();
    double[] responses = new double[Matrix.requireSize(examples.rows(), units)];
    for (int i = 0; i < examples.rows(); i++) {
      for (int k = 0; k < inputs; k++) {
        double x = examples.features()[i * inputs + k];
        for (int j = 0; j < units; j++) {
          responses[i * units + j] += x * w[k * units + j];
        }
      }
      for (int j = 0; j < units; j++) {
        responses[i * units + j] = StrictMath.tanh(responses[i * units + j] + bias.value(j));
      }
    }
    return new DoubleMatrix(examples.rows(), units, responses);
  }
}
