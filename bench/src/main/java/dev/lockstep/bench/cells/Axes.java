package dev.lockstep.bench.cells;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values of each axis, and the set of cells that covers them: every value of every axis meets
 * every value of every other axis in at least one cell (all pairs); see {@link #cells} for
 * normalizations.
 *
 * @param widths units of a hidden layer
 * @param batches rows of a step
 * @param depths hidden layers
 * @param activations of the hidden layers
 * @param inits initialisations as text
 * @param optimizers how gradients become new parameters
 * @param losses what steps make smaller
 * @param noises standard deviations of noise on hidden units
 * @param normalizations of hidden layers; a single row a step goes without
 */
public record Axes(
    List<Integer> widths,
    List<Integer> batches,
    List<Integer> depths,
    List<Activation> activations,
    List<String> inits,
    List<CellOptimizer> optimizers,
    List<Loss> losses,
    List<Double> noises,
    List<Normalization> normalizations) {

  /** Sets equal units apart, and leaves random ones about as good as they are without it. */
  private static final double NOISE = 0.1;

  /** What a check covers unless flags say otherwise: awkward sizes beside powers of two. */
  public static final Axes DEFAULT =
      new Axes(
          List.of(7, 33, 64, 129, 256, 1021),
          List.of(1, 33, 250),
          List.of(1, 2, 3),
          checkedActivations(),
          List.of("equal", Cell.RANDOM),
          List.of(CellOptimizer.values()),
          List.of(Loss.values()),
          List.of(0.0, NOISE),
          List.of(Normalization.values()));

  /** What a check covers on an emulated device, which is a hundred times slower than a CPU. */
  public static final Axes EMULATED = DEFAULT.withWidths(List.of(7, 33, 129)).withBatchesUpTo(33);

  /**
   * Of the wide cells on a GPU: few, since each is large. The larger one's square weight matrix
   * takes 1 GiB.
   */
  public static final Axes WIDE =
      new Axes(
          List.of(4096, 16384),
          List.of(128),
          List.of(2),
          List.of(Activation.TANH),
          DEFAULT.inits(),
          List.of(CellOptimizer.SGD),
          List.of(Loss.CROSS_ENTROPY),
          List.of(0.0),
          List.of(Normalization.NONE));

  /** The same with batches cut down to the rows that there are. */
  public Axes withBatchesUpTo(int rows) {
    List<Integer> fewer = batches.stream().map(batch -> Math.min(batch, rows)).distinct().toList();
    return new Axes(
        widths, fewer, depths, activations, inits, optimizers, losses, noises, normalizations);
  }

  /** Tanh first, since of equal cells the first are chosen; all others but the identity. */
  private static List<Activation> checkedActivations() {
    Set<Activation> others = EnumSet.complementOf(EnumSet.of(Activation.IDENTITY));
    return Stream.concat(Stream.of(Activation.TANH), others.stream()).distinct().toList();
  }

  /** The same with other widths. */
  public Axes withWidths(List<Integer> others) {
    return new Axes(
        others, batches, depths, activations, inits, optimizers, losses, noises, normalizations);
  }

  /**
   * Covers all pairs of values of the other axes with the first normalization. With every further
   * one, each value of each axis is met once.
   */
  public List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Normalization normalization : normalizations) {
      boolean first = normalization == normalizations.getFirst();
      Map<Cell, Set<Set<Value>>> unmet = new LinkedHashMap<>();
      product().stream()
          .filter(cell -> cell.normalization() == normalization)
          .forEach(cell -> unmet.put(cell, first ? pairs(cell) : singles(cell)));
      cells.addAll(covering(unmet));
    }
    return List.copyOf(cells);
  }

  /**
   * Covers greedily and deterministically: the next cell is the one that meets the most that is not
   * met yet; of equals the one whose values have been chosen the least often, so that no value is
   * rare; of those the cheapest, and of those the first in axis order.
   *
   * @param unmet what each cell meets
   */
  private static List<Cell> covering(Map<Cell, Set<Set<Value>>> unmet) {
    Map<Value, Integer> chosen = new HashMap<>();
    List<Cell> cells = new ArrayList<>();
    Comparator<Map.Entry<Cell, Set<Set<Value>>>> mostUnmet =
        Comparator.comparingInt(candidate -> -candidate.getValue().size());
    while (unmet.values().stream().anyMatch(met -> !met.isEmpty())) {
      Cell best =
          unmet.entrySet().stream()
              .min(
                  mostUnmet
                      .thenComparingInt(candidate -> timesChosen(candidate.getKey(), chosen))
                      .thenComparingLong(candidate -> cost(candidate.getKey())))
              .orElseThrow()
              .getKey();
      cells.add(best);
      Set<Set<Value>> met = Set.copyOf(unmet.getOrDefault(best, Set.of()));
      unmet.values().forEach(each -> each.removeAll(met));
      values(best).forEach(value -> chosen.merge(value, 1, Integer::sum));
    }
    return cells;
  }

  private static int timesChosen(Cell cell, Map<Value, Integer> chosen) {
    return values(cell).stream().mapToInt(value -> chosen.getOrDefault(value, 0)).sum();
  }

  private static long cost(Cell cell) {
    return cell.multiplications(cell.width(), cell.width());
  }

  /** Every combination. */
  public List<Cell> product() {
    List<Cell> cells = new ArrayList<>();
    for (int width : widths) {
      for (int batch : batches) {
        for (int depth : depths) {
          for (Activation activation : activations) {
            for (String init : inits) {
              for (CellOptimizer optimizer : optimizers) {
                for (Loss loss : losses) {
                  for (double noise : noises) {
                    for (Normalization normalization : normalizations) {
                      if (batch > 1 || normalization == Normalization.NONE) {
                        cells.add(
                            new Cell(
                                width,
                                batch,
                                depth,
                                activation,
                                init,
                                optimizer,
                                loss,
                                noise,
                                normalization));
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return cells;
  }

  /** Every combination, but random units only of the smallest width. */
  public List<Cell> wideCells() {
    int smallest = widths.stream().min(Comparator.naturalOrder()).orElse(0);
    return product().stream()
        .filter(cell -> cell.width() == smallest || !cell.init().equals(Cell.RANDOM))
        .toList();
  }

  /** One value of one axis. */
  private record Value(String axis, Object value) {}

  private static List<Value> values(Cell cell) {
    return List.of(
        new Value("width", cell.width()),
        new Value("batch", cell.batch()),
        new Value("depth", cell.depth()),
        new Value("activation", cell.activation()),
        new Value("init", cell.init()),
        new Value("optimizer", cell.optimizer()),
        new Value("loss", cell.loss()),
        new Value("noise", cell.noise()));
  }

  private static Set<Set<Value>> singles(Cell cell) {
    return values(cell).stream().map(Set::of).collect(Collectors.toCollection(HashSet::new));
  }

  private static Set<Set<Value>> pairs(Cell cell) {
    List<Value> values = values(cell);
    Set<Set<Value>> pairs = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      for (int j = i + 1; j < values.size(); j++) {
        pairs.add(Set.of(values.get(i), values.get(j)));
      }
    }
    return pairs;
  }
}
