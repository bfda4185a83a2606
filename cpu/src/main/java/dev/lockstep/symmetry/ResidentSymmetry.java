package dev.lockstep.symmetry;

import dev.lockstep.program.Tensor;
import java.util.List;

/**
 * Looks at the symmetry of a trainer's tensors where they lie: for networks of which nobody wants a
 * copy at every step. The answers are those that {@link UnitClasses} and {@link Digest} give of a
 * copy.
 */
public interface ResidentSymmetry {

  /**
   * Classes of the parameters of hidden layer {@code hidden} (from 0), as of {@link UnitSlices}.
   */
  UnitClasses unitClasses(int hidden);

  /**
   * Classes of a hidden layer's units by what the last kept step computed for them, see {@link
   * dev.lockstep.backend.TensorView#keep}.
   *
   * @param tensor with these units as its rows or its columns
   * @throws IllegalStateException if the last step was not kept
   */
  UnitClasses keptClasses(Tensor tensor, int hidden);

  /** Digests of W1, b1, W2, b2, ... */
  List<Digest> digests();
}
