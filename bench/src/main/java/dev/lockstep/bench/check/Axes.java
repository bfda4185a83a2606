package dev.lockstep.bench.check;

import dev.lockstep.model.Activation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The values of each axis, and the set of cells that covers them: every value of every axis meets
 * every value of every other axis in at least one cell (all pairs).
 *
 * @param widths units of a hidden layer
 * @param batches rows of a step
 * @param depths hidden layers
 * @param activations of the hidden layers
 * @param inits initialisations as text
 */
record Axes(
    List<Integer> widths,
    List<Integer> batches,
    List<Integer> depths,
    List<Activation> activations,
    List<String> inits) {

  /** What a check covers unless flags say otherwise: awkward sizes beside powers of two. */
  static final Axes DEFAULT =
      new Axes(
          List.of(7, 33, 64, 129, 256, 1021),
          List.of(1, 33, 250),
          List.of(1, 2, 3),
          List.of(Activation.TANH, Activation.RELU, Activation.LEAKY_RELU, Activation.SIGMOID),
          List.of("equal", Cell.RANDOM));

  /** What a check covers on an emulated device, which is a hundred times slower than a CPU. */
  static final Axes EMULATED =
      new Axes(
          List.of(7, 33, 129),
          List.of(1, 33),
          DEFAULT.depths(),
          DEFAULT.activations(),
          DEFAULT.inits());

  /**
   * Covers all pairs greedily and deterministically: the next cell is the one that meets the most
   * pairs not met yet; of equals the cheapest, of those the first in axis order.
   */
  List<Cell> cells() {
    List<Cell> candidates = product();
    Set<Set<Object>> missing = new HashSet<>();
    candidates.forEach(cell -> missing.addAll(pairs(cell)));
    Set<Cell> chosen = new LinkedHashSet<>();
    while (!missing.isEmpty() || chosen.isEmpty()) {
      Cell best = candidates.getFirst();
      long bestGain = -1;
      for (Cell cell : candidates) {
        long gain = pairs(cell).stream().filter(missing::contains).count();
        if (gain > bestGain || (gain == bestGain && cost(cell) < cost(best))) {
          best = cell;
          bestGain = gain;
        }
      }
      chosen.add(best);
      missing.removeAll(pairs(best));
    }
    return List.copyOf(chosen);
  }

  private static long cost(Cell cell) {
    return cell.multiplications(cell.width(), cell.width());
  }

  private List<Cell> product() {
    List<Cell> cells = new ArrayList<>();
    for (int width : widths) {
      for (int batch : batches) {
        for (int depth : depths) {
          for (Activation activation : activations) {
            for (String init : inits) {
              cells.add(new Cell(width, batch, depth, activation, init));
            }
          }
        }
      }
    }
    return cells;
  }

  /** One value of one axis. */
  private record Value(String axis, Object value) {}

  private static Set<Set<Object>> pairs(Cell cell) {
    List<Value> values =
        List.of(
            new Value("width", cell.width()),
            new Value("batch", cell.batch()),
            new Value("depth", cell.depth()),
            new Value("activation", cell.activation()),
            new Value("init", cell.init()));
    Set<Set<Object>> pairs = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      for (int j = i + 1; j < values.size(); j++) {
        pairs.add(Set.of(values.get(i), values.get(j)));
      }
    }
    return pairs;
  }
}
