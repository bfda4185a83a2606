package dev.lockstep.symmetry;

import dev.lockstep.program.Tensor;
import java.util.List;

/**
 * Examines the symmetry of a trainer's tensors in place, for networks that are too large to be
 * copied at every step. The results equal those of {@link UnitClasses} and {@link Digest} for a
 * copy.
 */
public interface ResidentSymmetry {

  /** Returns the classes of the units of a hidden layer (from 0) by all their parameters. */
  UnitClasses unitClasses(int hidden);

  /**
   * Returns the classes of the units of a hidden layer (from 0) by a tensor of the last step, which
   * must have been kept; see {@link dev.lockstep.backend.TensorView#keep}.
   *
   * @param tensor a tensor whose rows or columns are these units
   * @throws IllegalStateException if the last step was not kept
   */
  UnitClasses keptClasses(Tensor tensor, int hidden);

  /** Returns the digests of W1, b1, W2, b2, ... */
  List<Digest> digests();
}
