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

  /** Digests of W1, b1, W2, b2, ... */
  List<Digest> digests();
}
