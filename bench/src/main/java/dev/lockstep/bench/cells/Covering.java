package dev.lockstep.bench.cells;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Chooses few cells that cover many: greedily and deterministically, until all sets of values are
 * covered. The next cell is the one that covers most new sets. Ties go to the cell whose values
 * were chosen least often, so that no value is rare, then to the cheapest cell, then to the first.
 *
 * <p>Values and sets have numbers, and a chosen cell changes only the counts of the cells that
 * share a new set with it, so that the most cells there may be take a second.
 */
final class Covering {

  /** How many values a set has. */
  enum Strength {
    SINGLES,
    PAIRS
  }

  private final List<Cell> cells;

  /** The values of each cell, by number. */
  private final int[][] values;

  /** The sets of each cell, by number. */
  private final int[][] sets;

  /** The cells of each set. */
  private final List<List<Integer>> owners = new ArrayList<>();

  private final int valueCount;

  Covering(List<Cell> cells, Strength strength) {
    this.cells = cells;
    Map<Value, Integer> numbers = new HashMap<>();
    values =
        cells.stream()
            .map(
                cell ->
                    values(cell).stream()
                        .mapToInt(value -> numbers.computeIfAbsent(value, _ -> numbers.size()))
                        .toArray())
            .toArray(int[][]::new);
    valueCount = numbers.size();
    Map<List<Integer>, Integer> known = new HashMap<>();
    sets = new int[cells.size()][];
    for (int cell = 0; cell < sets.length; cell++) {
      List<List<Integer>> some =
          strength == Strength.PAIRS ? pairs(values[cell]) : singles(values[cell]);
      sets[cell] = new int[some.size()];
      for (int i = 0; i < sets[cell].length; i++) {
        int set = known.computeIfAbsent(some.get(i), _ -> known.size());
        if (set == owners.size()) {
          owners.add(new ArrayList<>());
        }
        owners.get(set).add(cell);
        sets[cell][i] = set;
      }
    }
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

  private static List<List<Integer>> singles(int[] values) {
    return Arrays.stream(values).mapToObj(List::of).toList();
  }

  private static List<List<Integer>> pairs(int[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .flatMap(
            i -> IntStream.range(i + 1, values.length).mapToObj(j -> List.of(values[i], values[j])))
        .toList();
  }

  /** Returns the chosen cells, in the order of choice. */
  List<Cell> chosen() {
    int[] unmet = Arrays.stream(sets).mapToInt(some -> some.length).toArray();
    int[] timesChosen = new int[valueCount];
    BitSet met = new BitSet();
    List<Integer> left = new ArrayList<>(IntStream.range(0, sets.length).boxed().toList());
    List<Cell> chosen = new ArrayList<>();
    while (true) {
      left.removeIf(cell -> unmet[cell] == 0);
      if (left.isEmpty()) {
        return chosen;
      }
      int best = left.getFirst();
      for (int cell : left) {
        if (unmet[cell] >= unmet[best] && compare(cell, best, unmet, timesChosen) < 0) {
          best = cell;
        }
      }
      chosen.add(cells.get(best));
      for (int set : sets[best]) {
        if (!met.get(set)) {
          met.set(set);
          owners.get(set).forEach(cell -> unmet[cell]--);
        }
      }
      for (int value : values[best]) {
        timesChosen[value]++;
      }
    }
  }

  /** Negative if {@code a} is to be chosen before {@code b}. */
  private int compare(int a, int b, int[] unmet, int[] timesChosen) {
    if (unmet[a] != unmet[b]) {
      return unmet[b] - unmet[a];
    }
    int more = times(a, timesChosen) - times(b, timesChosen);
    return more == 0 ? Long.compare(cost(cells.get(a)), cost(cells.get(b))) : more;
  }

  private int times(int cell, int[] timesChosen) {
    int times = 0;
    for (int value : values[cell]) {
      times += timesChosen[value];
    }
    return times;
  }

  private static long cost(Cell cell) {
    return cell.multiplications(cell.width(), cell.width());
  }
}
