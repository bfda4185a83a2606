package dev.lockstep.model;

/** What a dimension of a tensor counts. Two tensors share an axis if they count the same things. */
public sealed interface Axis {

  /** How many there are. */
  int size();

  /** How many hidden units it counts; 1 if it counts something else. */
  default int units() {
    return 1;
  }

  /** Whether it counts the units of this hidden layer, from 0. */
  default boolean isOfUnits(int hidden) {
    return this instanceof Units(int layer, int _) && layer == hidden;
  }

  /** The rows of a batch. */
  record Batch(int size) implements Axis {}

  /** The features of a row. */
  record Features(int size) implements Axis {}

  /**
   * The units of a hidden layer.
   *
   * @param layer from 0
   */
  record Units(int layer, int size) implements Axis {
    @Override
    public int units() {
      return size;
    }
  }

  /** The outputs of the network. */
  record Outputs(int size) implements Axis {}

  /** A single element: the other dimension of a vector. */
  record One() implements Axis {
    @Override
    public int size() {
      return 1;
    }
  }
}
