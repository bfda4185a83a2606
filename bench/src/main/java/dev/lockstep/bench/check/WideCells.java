package dev.lockstep.bench.check;

import dev.lockstep.model.Activation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cells of {@link WideRun}: few, since each is large. */
final class WideCells {

  /** On a GPU. The larger one's square weight matrix takes 1 GiB. */
  static final List<Integer> WIDTHS = List.of(4096, 16384);

  static final List<Integer> BATCHES = List.of(128);
  static final List<Integer> DEPTHS = List.of(2);
  static final List<Activation> ACTIVATIONS = List.of(Activation.TANH);

  private WideCells() {}

  /**
   * Every combination of equal units and, of the smallest width, random ones.
   *
   * @param inits initialisations for every width, in place of that; null if none were given
   */
  static List<Cell> of(
      List<Integer> widths,
      List<Integer> batches,
      List<Integer> depths,
      List<Activation> activations,
      @Nullable List<String> inits) {
    List<Cell> cells = new ArrayList<>();
    int smallest = widths.stream().mapToInt(Integer::intValue).min().orElse(0);
    for (int width : widths) {
      List<String> usual = width == smallest ? List.of("equal", Cell.RANDOM) : List.of("equal");
      for (int batch : batches) {
        for (int depth : depths) {
          for (Activation activation : activations) {
            for (String init : inits == null ? usual : inits) {
              cells.add(new Cell(width, batch, depth, activation, init));
            }
          }
        }
      }
    }
    return cells;
  }
}
