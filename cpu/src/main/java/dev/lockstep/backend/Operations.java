package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.function.Function;

/**
 * The operations a backend's step is made of, one at a time on host matrices: the very kernels that
 * its trainer runs, for the contract suite and for sampling. Arguments are in the backend's
 * precision and are not changed; results are new.
 */
public interface Operations extends AutoCloseable {

  /** A matrix product; the inner dimension may be 0. */
  Matrix product(ProductForm form, Matrix a, Matrix b);

  /** f(z + b): z is B x N, b is 1 x N. */
  Matrix activate(Activation activation, Matrix z, Matrix bias);

  /**
   * f'(dA, kept); both B x N.
   *
   * @param kept z + b of an activation that {@link Activation#keepsInput keeps its input}, else the
   *     stored activations a
   */
  Matrix derivative(Activation activation, Matrix upstream, Matrix kept);

  /** Loss of what comes out of the last layer, B x classes. */
  RowLosses loss(Loss loss, Matrix outputs, int[] labels);

  /** Column sums of a B x N matrix in ascending row order from +0: the gradient of a bias. */
  Matrix columnSums(Matrix delta);

  /**
   * New parameters from their gradients.
   *
   * @param moments what the rule keeps of each parameter; as many as it says, all of one shape
   */
  Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments);

  /**
   * The real numbers that an operation of a training step writes, in its order, by the very kernels
   * of a step. An operation on some rows and some units is the same operation on smaller tensors.
   *
   * @param op one by itself, that computes
   * @param updates the optimiser's
   * @param step from 0
   * @param operands may be parts of their tensors, if they are all that an element of the result is
   *     computed from
   * @throws UnsupportedOperationException unless this backend keeps its tensors on the host
   */
  default List<Matrix> results(
      Op op, Updates updates, long step, Function<Tensor, Matrix> operands) {
    throw new UnsupportedOperationException("no step runs on the host here");
  }

  @Override
  void close();

  /**
   * Loss of each row, and the gradient of their mean.
   *
   * @param rowLoss 1 x B
   * @param delta B x classes: (softmax - onehot) / B, or (outputs - onehot) / B
   */
  record RowLosses(Matrix rowLoss, Matrix delta) {}

  /** Parameters after an update, and what the rule keeps for the next. */
  record Updated(Matrix weights, List<Matrix> moments) {
    public Updated {
      moments = List.copyOf(moments);
    }
  }
}
