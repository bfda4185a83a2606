package dev.lockstep.symmetry;

import java.util.List;

/**
 * A trainer whose parameters do not lie in Java arrays, and that looks at their symmetry where they
 * lie: for networks of which nobody wants a copy at every step. The answers are those that {@link
 * UnitClasses} and {@link Digest} give of a copy.
 */
public interface ResidentSymmetry {

  /**
   * Classes of the parameters of hidden layer {@code hidden} (from 0), as of {@link UnitSlices}.
   */
  UnitClasses unitClasses(int hidden);

  /** What else than its parameters a hidden layer's units are sorted by. */
  enum Kept {
    /** One column a unit. */
    ACTIVATIONS,
    /** One column a unit. */
    DELTAS,
    /** Gradients of the unit's incoming weights, bias and outgoing weights. */
    GRADIENTS
  }

  /**
   * Classes of what the last kept step computed, see {@link dev.lockstep.backend.TensorView#keep}.
   *
   * @throws IllegalStateException if the last step was not kept
   */
  UnitClasses keptClasses(Kept kept, int hidden);

  /** Digests of W1, b1, W2, b2, ... */
  List<Digest> digests();
}
