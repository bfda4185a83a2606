package dev.lockstep.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.lockstep.backend.Multiplier.Multiplication;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One product of libtorch's, again and again, on tensors of its own. */
final class LibtorchMultiplication implements Multiplication {
  private final Torch torch;
  private final int threads;
  private final NDManager manager;
  private final NDArray left;
  private final NDArray right;
  private final NDArray c;
  private @Nullable FloatMatrix copied;

  LibtorchMultiplication(Torch torch, int threads, ProductForm form, Matrix a, Matrix b) {
    this.torch = torch;
    this.threads = threads;
    manager = torch.manager();
    NDArray storedA = torch.tensor(manager, a);
    NDArray storedB = torch.tensor(manager, b);
    left = form == ProductForm.ATB ? storedA.transpose() : storedA;
    right = form == ProductForm.ABT ? storedB.transpose() : storedB;
    c = Torch.zeros(manager, (int) left.getShape().get(0), (int) right.getShape().get(1));
  }

  @Override
  public void run() {
    copied = null;
    torch.useThreads(threads);
    torch.operators().product(left, right, c);
  }

  @Override
  public void clear() {
    copied = null;
    FloatMatrix nothing = torch.matrix(c);
    Arrays.fill(nothing.data(), Float.NaN);
    torch.set(c, nothing);
  }

  /** All of C is copied once after each product. */
  @Override
  public float at(int row, int column) {
    FloatMatrix known = copied;
    if (known == null) {
      known = torch.matrix(c);
      copied = known;
    }
    return known.data()[row * known.columns() + column];
  }

  @Override
  public void close() {
    manager.close();
  }
}
