package dev.lockstep.bench.inspect;

import java.util.List;

/** The dimension of a weight whose slices (units) are compared: one of the first two. */
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

  /** The index of the dimension, from 0. */
  int axis() {
    return axis;
  }

  /**
   * Both dimensions of a weight. Convolutions are stored as in PyTorch: output channels, then input
   * channels, then the kernel.
   */
  static List<Along> of(int dimensions) {
    return dimensions == 2 ? List.of(ROWS, COLUMNS) : List.of(OUT_CHANNELS, IN_CHANNELS);
  }
}
