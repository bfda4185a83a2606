package dev.lockstep.bench.inspect;

import java.util.List;

/** What is compared in a weight: its slices along one of the first two dimensions. */
enum Along {
  ROWS("rows", 0),
  COLUMNS("columns", 1),
  OUT_CHANNELS("out channels", 0),
  IN_CHANNELS("in channels", 1);

  private final String label;
  private final int axis;

  Along(String label, int axis) {
    this.label = label;
    this.axis = axis;
  }

  String label() {
    return label;
  }

  /** The dimension, from 0. */
  int axis() {
    return axis;
  }

  /**
   * The two of a weight: a convolution has its output channels first, then its input channels, as
   * PyTorch stores them.
   */
  static List<Along> of(int dimensions) {
    return dimensions == 2 ? List.of(ROWS, COLUMNS) : List.of(OUT_CHANNELS, IN_CHANNELS);
  }
}
