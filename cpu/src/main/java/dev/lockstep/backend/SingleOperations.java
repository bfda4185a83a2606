package dev.lockstep.backend;

import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Implements {@link Operations} by running each as a {@link SingleOp}. */
public abstract class SingleOperations implements Operations {

  /** Runs an operation and returns its {@link SingleOp#results} in their order. */
  protected abstract List<Matrix> results(SingleOp single, Map<Tensor, ? extends Matrix> operands);

  private List<Matrix> results(SingleOp single, List<Matrix> operands) {
    return results(single, single.operands(operands));
  }

  @Override
  public final Matrix product(ProductForm form, Matrix a, Matrix b) {
    return results(SingleOp.product(ProductShape.of(form, a, b)), List.of(a, b)).getLast();
  }

  @Override
  public final Matrix activate(Activation activation, Matrix z, Matrix bias) {
    SingleOp single = SingleOp.activation(activation, z.rows(), z.columns());
    return results(single, List.of(z, bias)).getLast();
  }

  @Override
  public final Matrix derivative(Activation activation, Matrix upstream, Matrix kept) {
    SingleOp single = SingleOp.derivative(activation, upstream.rows(), upstream.columns());
    return results(single, List.of(upstream, kept)).getLast();
  }

  @Override
  public final RowLosses loss(Loss loss, Matrix outputs, int[] labels) {
    SingleOp single = SingleOp.loss(loss, outputs.rows(), outputs.columns());
    Matrix y = new DrawnMatrix(1, labels.length, (_, i) -> labels[i]);
    List<Matrix> computed = results(single, List.of(outputs, y));
    return new RowLosses(computed.getFirst(), computed.getLast());
  }

  @Override
  public final Matrix columnSums(Matrix delta) {
    return results(SingleOp.columnSums(delta.rows(), delta.columns()), List.of(delta)).getLast();
  }

  @Override
  public final Updated update(
      Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
    SingleOp single = SingleOp.update(update, weights.rows(), weights.columns());
    List<Matrix> operands = new ArrayList<>(List.of(weights, gradient));
    operands.addAll(moments);
    List<Matrix> computed = results(single, operands);
    return new Updated(computed.getFirst(), computed.subList(1, computed.size()));
  }
}
