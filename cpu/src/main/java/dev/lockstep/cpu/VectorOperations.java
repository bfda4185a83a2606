package dev.lockstep.cpu;

import dev.lockstep.backend.Operations;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.Activation;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Update;
import java.util.List;

/** Single operations of the vector backend. */
record VectorOperations(VectorKernels kernels) implements Operations {

  private static float[] data(Matrix matrix) {
    if (matrix instanceof FloatMatrix floats) {
      return floats.data();
    }
    throw new IllegalArgumentException("the vector backend takes binary32 matrices");
  }

  @Override
  public Matrix product(ProductForm form, Matrix a, Matrix b) {
    int m = form == ProductForm.ATB ? a.columns() : a.rows();
    int k = form == ProductForm.ATB ? a.rows() : a.columns();
    int n = form == ProductForm.ABT ? b.rows() : b.columns();
    FloatMatrix c = new FloatMatrix(m, n);
    kernels.product(form, m, n, k, data(a), data(b), c.data());
    return c;
  }

  @Override
  public Matrix activate(Activation activation, Matrix z, Matrix bias) {
    Matrix sums = z.copy();
    Matrix a = activation.keepsInput() ? new FloatMatrix(z.rows(), z.columns()) : sums;
    kernels.activate(activation, z.rows(), z.columns(), data(sums), data(bias), data(a));
    return a;
  }

  @Override
  public Matrix derivative(Activation activation, Matrix upstream, Matrix kept) {
    Matrix result = upstream.copy();
    VectorKernels.derivative(activation, data(result), data(kept), 0, result.size());
    return result;
  }

  @Override
  public RowLosses loss(Loss loss, Matrix outputs, int[] labels) {
    FloatMatrix rowLoss = new FloatMatrix(1, outputs.rows());
    FloatMatrix delta = new FloatMatrix(outputs.rows(), outputs.columns());
    kernels.loss(
        loss,
        outputs.rows(),
        outputs.columns(),
        data(outputs),
        labels,
        rowLoss.data(),
        delta.data());
    return new RowLosses(rowLoss, delta);
  }

  @Override
  public Matrix columnSums(Matrix delta) {
    FloatMatrix sums = new FloatMatrix(1, delta.columns());
    kernels.columnSums(delta.rows(), delta.columns(), data(delta), sums.data());
    return sums;
  }

  @Override
  public Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
    Matrix result = weights.copy();
    List<Matrix> kept = moments.stream().map(Matrix::copy).toList();
    kernels.update(
        update, data(result), data(gradient), kept.stream().map(VectorOperations::data).toList());
    return new Updated(result, kept);
  }

  @Override
  public void close() {
    kernels.close();
  }
}
