package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import java.util.List;

/**
 * One of the operations of {@link Operations} that are no products, with its operands.
 *
 * <p>The first operand is B x N throughout.
 */
public sealed interface ElementwiseOperation {

  /** What it reads most of, B x N. Those that work in place overwrite it. */
  Matrix first();

  /**
   * What those operations make of it: what they overwrite or, of a loss, the row losses and delta;
   * of an activation what it computes, whether or not it keeps its input.
   */
  List<Matrix> by(Operations operations);

  /**
   * z = z + b and f of that, in place unless the activation {@link Activation#keepsInput keeps its
   * input}; b is 1 x N.
   */
  record BiasActivation(Activation activation, Matrix z, Matrix bias)
      implements ElementwiseOperation {
    @Override
    public Matrix first() {
      return z;
    }

    @Override
    public List<Matrix> by(Operations operations) {
      return List.of(operations.activate(activation, z, bias));
    }
  }

  /** dA = f'(dA, kept), in place, as {@link Operations#derivative} has it; both B x N. */
  record Derivative(Activation activation, Matrix upstream, Matrix kept)
      implements ElementwiseOperation {
    @Override
    public Matrix first() {
      return upstream;
    }

    @Override
    public List<Matrix> by(Operations operations) {
      return List.of(operations.derivative(activation, upstream, kept));
    }
  }

  /** Sums of columns, 1 x N: the gradient of a bias. */
  record ColumnSums(Matrix delta) implements ElementwiseOperation {
    @Override
    public Matrix first() {
      return delta;
    }

    @Override
    public List<Matrix> by(Operations operations) {
      return List.of(operations.columnSums(delta));
    }
  }

  /** Softmax cross-entropy of logits, a label a row: row losses, 1 x B, and delta, B x N. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record CrossEntropy(Matrix logits, int[] labels) implements ElementwiseOperation {
    @Override
    public Matrix first() {
      return logits;
    }

    @Override
    public List<Matrix> by(Operations operations) {
      Operations.RowLosses computed = operations.loss(Loss.CROSS_ENTROPY, logits, labels);
      return List.of(computed.rowLoss(), computed.delta());
    }
  }

  /** w = fma(-rate, g, w), in place; both B x N. */
  record Sgd(Matrix weights, Matrix gradient, float rate) implements ElementwiseOperation {
    @Override
    public Matrix first() {
      return weights;
    }

    @Override
    public List<Matrix> by(Operations operations) {
      return List.of(operations.update(Update.sgd(rate), weights, gradient, List.of()).weights());
    }
  }
}
