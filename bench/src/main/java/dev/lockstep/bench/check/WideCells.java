package dev.lockstep.bench.check;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import java.util.Collections;
import java.util.List;

/** The cells of {@link WideRun}: few, since each is large. */
final class WideCells {

  /** On a GPU unless flags say otherwise. The larger one's square weight matrix takes 1 GiB. */
  static final Axes USUAL =
      new Axes(
          List.of(4096, 16384),
          List.of(128),
          List.of(2),
          List.of(Activation.TANH),
          List.of("equal", Cell.RANDOM),
          List.of(CellOptimizer.SGD),
          List.of(Loss.CROSS_ENTROPY),
          List.of(0.0));

  private WideCells() {}

  /** Every combination, but random units only of the smallest width. */
  static List<Cell> of(Axes axes) {
    int smallest = axes.widths().isEmpty() ? 0 : Collections.min(axes.widths());
    return axes.product().stream()
        .filter(cell -> cell.width() == smallest || !cell.init().equals(Cell.RANDOM))
        .toList();
  }
}
