package dev.lockstep.bench.order;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Sets of rows or columns as text. */
final class Ranges {

  private static final int FEW = 6;

  private Ranges() {}

  /** {@code columns 0-31, 64}; {@code all columns}. */
  static String words(String unit, BitSet set, int all) {
    return words(unit, runs(set), all);
  }

  /**
   * Runs as text.
   *
   * @param runs the first and the last of each
   * @param all the number of rows or columns
   */
  static String words(String unit, List<int[]> runs, int all) {
    long number = runs.stream().mapToLong(run -> (long) run[1] - run[0] + 1).sum();
    if (number == all) {
      return all == 1 ? unit + " 0" : "all " + unit + "s";
    }
    List<String> words = new ArrayList<>();
    for (int[] run : runs.subList(0, Math.min(FEW, runs.size()))) {
      words.add(run[0] == run[1] ? String.valueOf(run[0]) : run[0] + "-" + run[1]);
    }
    return unit
        + (number == 1 ? " " : "s ")
        + String.join(", ", words)
        + (runs.size() > FEW ? " ... (" + number + " in all)" : "");
  }

  /** The first and the last of each run. */
  static List<int[]> runs(BitSet set) {
    List<int[]> runs = new ArrayList<>();
    for (int from = set.nextSetBit(0); from >= 0; ) {
      int to = set.nextClearBit(from);
      runs.add(new int[] {from, to - 1});
      from = set.nextSetBit(to);
    }
    return runs;
  }
}
