package dev.lockstep.model;

/** What a dimension of a tensor counts. Tensors share an axis if they count the same things. */
public sealed interface Axis {

  /** The length of the dimension. */
  int size();

  /** Returns the number of hidden units on this axis, or 1 if it counts something else. */
  default int units() {
    return 1;
  }

  /** Returns whether this axis counts the units of the given hidden layer, from 0. */
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
   * @param layer the hidden layer, from 0
   */
  record Units(int layer, int size) implements Axis {
    @Override
    public int units() {
      return size;
    }
  }

  /** The outputs of the network. */
  record Outputs(int size) implements Axis {}

  /** The dimension of length 1 of a vector. */
  record One() implements Axis {
    @Override
    public int size() {
      return 1;
    }
  }
}
