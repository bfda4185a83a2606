package dev.lockstep.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.Activation;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Update;
import java.util.ArrayList;
import java.util.List;

/** The single operations of {@link LibtorchTrainer}. */
record LibtorchOperations(Torch torch, int threads) implements Operations {

  @Override
  public Matrix product(ProductForm form, Matrix a, Matrix b) {
    torch.useThreads(threads);
    try (NDManager scratch = torch.manager()) {
      NDArray left = torch.tensor(scratch, a);
      NDArray right = torch.tensor(scratch, b);
      left = form == ProductForm.ATB ? left.transpose() : left;
      right = form == ProductForm.ABT ? right.transpose() : right;
      NDArray c = Torch.zeros(scratch, (int) left.getShape().get(0), (int) right.getShape().get(1));
      torch.operators().product(left, right, c);
      return torch.matrix(c);
    }
  }

  /** The sum apart: the trainer adds the bias within the product. */
  @Override
  public Matrix activate(Activation activation, Matrix z, Matrix bias) {
    torch.useThreads(threads);
    try (NDManager scratch = torch.manager()) {
      NDArray sum = torch.tensor(scratch, z);
      sum.addi(torch.tensor(scratch, bias));
      NDArray a = activation.keepsInput() ? Torch.zeros(scratch, z.rows(), z.columns()) : sum;
      torch.activations().activate(activation, sum, a);
      return torch.matrix(a);
    }
  }

  @Override
  public Matrix derivative(Activation activation, Matrix upstream, Matrix kept) {
    torch.useThreads(threads);
    try (NDManager scratch = torch.manager()) {
      NDArray result = torch.tensor(scratch, upstream);
      torch.activations().derivative(activation, result, torch.tensor(scratch, kept));
      return torch.matrix(result);
    }
  }

  @Override
  public RowLosses loss(Loss loss, Matrix outputs, int[] labels) {
    return switch (loss) {
      case CROSS_ENTROPY -> crossEntropy(outputs, labels);
      case SQUARED_ERROR -> squaredError(outputs, labels);
    };
  }

  private RowLosses crossEntropy(Matrix logits, int[] labels) {
    torch.useThreads(threads);
    int rows = logits.rows();
    try (NDManager scratch = torch.manager()) {
      NDArray z = torch.tensor(scratch, logits);
      NDArray classes = torch.indices(scratch, labels);
      NDArray delta = Torch.zeros(scratch, rows, logits.columns());
      NDArray logarithms = Torch.zeros(scratch, rows, logits.columns());
      NDArray picked = Torch.zeros(scratch, rows, 1);
      torch.operators().softmax(z, delta);
      torch.operators().addAt(delta, classes, scratch.ones(new Shape(rows, 1)).neg());
      torch.operators().scale(delta, TorchOperators.scalar(1 / (float) rows));
      torch.operators().logSoftmax(z, logarithms);
      torch.operators().pick(logarithms, classes, picked);
      return new RowLosses(
          new FloatMatrix(1, rows, picked.neg().toFloatArray()), torch.matrix(delta));
    }
  }

  private RowLosses squaredError(Matrix outputs, int[] labels) {
    torch.useThreads(threads);
    int rows = outputs.rows();
    try (NDManager scratch = torch.manager()) {
      NDArray delta = torch.tensor(scratch, outputs);
      NDArray classes = torch.indices(scratch, labels);
      torch.operators().addAt(delta, classes, scratch.ones(new Shape(rows, 1)).neg());
      FloatMatrix rowLoss = new FloatMatrix(1, rows, torch.halfSquares(delta));
      torch.operators().scale(delta, TorchOperators.scalar(1 / (float) rows));
      return new RowLosses(rowLoss, torch.matrix(delta));
    }
  }

  @Override
  public Matrix columnSums(Matrix delta) {
    torch.useThreads(threads);
    try (NDManager scratch = torch.manager()) {
      NDArray sums = Torch.zeros(scratch, 1, delta.columns());
      torch.operators().columnSums(torch.tensor(scratch, delta), sums);
      return torch.matrix(sums);
    }
  }

  @Override
  public Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
    torch.useThreads(threads);
    try (NDManager scratch = torch.manager()) {
      NDArray w = torch.tensor(scratch, weights);
      TorchUpdate work =
          new TorchUpdate(
              torch.operators(), scratch, moments.size(), weights.rows(), weights.columns());
      for (int k = 0; k < moments.size(); k++) {
        torch.set(work.moment(k), moments.get(k));
      }
      work.apply(update, w, torch.tensor(scratch, gradient));
      List<Matrix> after = new ArrayList<>();
      for (int k = 0; k < moments.size(); k++) {
        after.add(torch.matrix(work.moment(k)));
      }
      return new Updated(torch.matrix(w), after);
    }
  }

  @Override
  public void close() {
    // each operation gives back what it used
  }
}
