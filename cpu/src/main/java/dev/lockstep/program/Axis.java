package dev.lockstep.program;

/** What a dimension of a tensor counts. Two tensors share an axis if they count the same things. */
public sealed interface Axis {

  /** How many there are. */
  int size();

  /** The rows of a batch. */
  record Batch(int size) implements Axis {}

  /** The features of a row. */
  record Features(int size) implements Axis {}

  /**
   * The units of a layer, or the outputs if it is the last.
   *
   * @param layer from 0
   */
  record Units(int layer, int size) implements Axis {}

  /** A single element: the other dimension of a vector. */
  record One() implements Axis {
    @Override
    public int size() {
      return 1;
    }
  }
}
