package dev.lockstep.cpu;

import dev.lockstep.backend.Operations;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Update;
import java.util.List;

/** Single operations on {@link PlainKernels}. */
record PlainOperations<A>(PlainKernels<A> kernels) implements Operations {

  @Override
  public Matrix product(ProductForm form, Matrix a, Matrix b) {
    int m = form == ProductForm.ATB ? a.columns() : a.rows();
    int k = form == ProductForm.ATB ? a.rows() : a.columns();
    int n = form == ProductForm.ABT ? b.rows() : b.columns();
    A c = kernels.allocate(m * n);
    kernels.product(form, m, n, k, kernels.from(a), kernels.from(b), c);
    return kernels.matrix(m, n, c);
  }

  @Override
  public Matrix activate(Activation activation, Matrix z, Matrix bias) {
    A result = kernels.from(z);
    A a = activation.keepsInput() ? kernels.allocate(z.size()) : result;
    kernels.activate(activation, z.rows(), z.columns(), result, kernels.from(bias), a);
    return kernels.matrix(z.rows(), z.columns(), a);
  }

  @Override
  public Matrix derivative(Activation activation, Matrix upstream, Matrix kept) {
    A result = kernels.from(upstream);
    kernels.derivative(activation, result, kernels.from(kept));
    return kernels.matrix(upstream.rows(), upstream.columns(), result);
  }

  @Override
  public RowLosses loss(Loss loss, Matrix outputs, int[] labels) {
    A rowLoss = kernels.allocate(outputs.rows());
    A delta = kernels.allocate(outputs.size());
    kernels.loss(
        loss, outputs.rows(), outputs.columns(), kernels.from(outputs), labels, rowLoss, delta);
    return new RowLosses(
        kernels.matrix(1, outputs.rows(), rowLoss),
        kernels.matrix(outputs.rows(), outputs.columns(), delta));
  }

  @Override
  public Matrix columnSums(Matrix delta) {
    A sums = kernels.allocate(delta.columns());
    kernels.columnSums(delta.rows(), delta.columns(), kernels.from(delta), sums);
    return kernels.matrix(1, delta.columns(), sums);
  }

  @Override
  public Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
    A result = kernels.from(weights);
    List<A> kept = moments.stream().map(kernels::from).toList();
    kernels.update(update, result, kernels.from(gradient), kept);
    int rows = weights.rows();
    int columns = weights.columns();
    return new Updated(
        kernels.matrix(rows, columns, result),
        kept.stream().map(moment -> kernels.matrix(rows, columns, moment)).toList());
  }

  @Override
  public void close() {
    kernels.close();
  }
}
