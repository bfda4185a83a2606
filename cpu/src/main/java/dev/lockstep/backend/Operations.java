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
 * Runs single operations of a step on host matrices, with the kernels of the backend's trainer, for
 * the contract suite and for sampling. Arguments are in the backend's precision and are not
 * changed; results are new matrices.
 */
public interface Operations extends AutoCloseable {

  /** Returns the product op(A) op(B); the inner dimension may be 0. */
  Matrix product(ProductForm form, Matrix a, Matrix b);

  /** Returns f(z + b); z is B x N, b is 1 x N. */
  Matrix activate(Activation activation, Matrix z, Matrix bias);

  /**
   * Returns dA f'(z) for the upstream gradient dA; all are B x N.
   *
   * @param kept the weighted inputs with bias if the activation {@link Activation#keepsInput keeps
   *     its input}, else the activations a
   */
  Matrix derivative(Activation activation, Matrix upstream, Matrix kept);

  /** Returns the loss of the network's outputs, B x classes. */
  RowLosses loss(Loss loss, Matrix outputs, int[] labels);

  /** Returns the column sums of a B x N matrix, in ascending row order from +0. */
  Matrix columnSums(Matrix delta);

  /**
   * Returns updated parameters and moments.
   *
   * @param moments the rule's moments, one matrix per moment, all of the shape of the weights
   */
  Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments);

  /**
   * Runs an operation of a training step with the kernels of a step. It may run on some rows and
   * units only, as the same operation on smaller tensors.
   *
   * @param op an unfused operation that computes real numbers
   * @param updates the updates of the optimiser
   * @param step the step, from 0
   * @param operands returns the matrix of an operand; it may be a part of the tensor if that part
   *     determines every element of the result
   * @return the real results, in the order of {@link Op#writes}
   * @throws UnsupportedOperationException unless this backend keeps its tensors on the host
   */
  default List<Matrix> results(
      Op op, Updates updates, long step, Function<Tensor, Matrix> operands) {
    throw new UnsupportedOperationException("no step runs on the host here");
  }

  @Override
  void close();

  /**
   * The loss of each row, and the gradient of the mean loss.
   *
   * @param rowLoss the losses, 1 x B
   * @param delta B x classes: (softmax - onehot) / B, or (outputs - onehot) / B
   */
  record RowLosses(Matrix rowLoss, Matrix delta) {}

  /** Parameters and moments after an update. */
  record Updated(Matrix weights, List<Matrix> moments) {
    public Updated {
      moments = List.copyOf(moments);
    }
  }
}
