package dev.lockstep.bench.inspect;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The equal units of a weight along one of its dimensions.
 *
 * @param units the number of units
 * @param classes the number of classes of units that are equal to the last bit
 * @param classesByValue the number of classes if -0 counts as +0
 * @param equal the classes with more than one unit
 * @param dead the units that are zero throughout, ascending
 * @param notFinite the number of units with NaN or infinity
 * @param near the near-duplicates; empty if units have no direction because each is a single number
 *     or a multiple of one unit
 */
record AxisReport(
    Along along,
    int units,
    int classes,
    int classesByValue,
    List<List<Integer>> equal,
    List<Integer> dead,
    int notFinite,
    Optional<Near> near) {

  /**
   * The result of the search for near-duplicates.
   *
   * @param units the number of units that are near-duplicates of others
   * @param example two such units, if there are any
   * @param searched the number of classes that were compared with all others
   * @param candidates the number of classes that can have near-duplicates
   */
  record Near(int units, Optional<NearDuplicates.Pair> example, int searched, int candidates) {
    boolean complete() {
      return searched == candidates;
    }
  }

  /** The verdicts, from the closest units to the most different. */
  enum Finding {
    /** All units are equal. */
    LOCKSTEP,
    /** Some units that are not dead are equal. */
    SOME_EQUAL,
    /** No units but dead ones are equal; some are near-duplicates. */
    NEARLY_EQUAL,
    /** No units but dead ones are equal, and none are near-duplicates. */
    ALL_DIFFER
  }

  Finding finding() {
    if (units > 1 && classes == 1) {
      return Finding.LOCKSTEP;
    }
    if (equalUnits() > 0) {
      return Finding.SOME_EQUAL;
    }
    return nearUnits() > 0 ? Finding.NEARLY_EQUAL : Finding.ALL_DIFFER;
  }

  /** Whether the search for near-duplicates compared all candidates. */
  boolean complete() {
    return near.map(Near::complete).orElse(true);
  }

  /** The number of units that are near-duplicates of others. */
  int nearUnits() {
    return near.map(Near::units).orElse(0);
  }

  /** The classes with more than one unit, without the dead units. */
  List<List<Integer>> equalAlive() {
    return equal.stream()
        .filter(units -> Collections.binarySearch(dead, units.getFirst()) < 0)
        .toList();
  }

  /** The number of units in {@link #equalAlive}. */
  int equalUnits() {
    return equalAlive().stream().mapToInt(List::size).sum();
  }

  /**
   * Sorts units into classes and finds the dead ones.
   *
   * @param matrix one unit per row
   */
  static Sorted sort(Along along, Matrix matrix) {
    UnitClasses classes = UnitClasses.of(UnitSlices.ofRows(matrix));
    BitSet dead = new BitSet();
    BitSet notFinite = new BitSet();
    for (int unit = 0; unit < matrix.rows(); unit++) {
      boolean zero = true;
      boolean finite = true;
      for (int k = 0; k < matrix.columns(); k++) {
        double value = matrix.value(unit * matrix.columns() + k);
        zero &= value == 0;
        finite &= Double.isFinite(value);
      }
      dead.set(unit, zero);
      notFinite.set(unit, !finite);
    }
    return new Sorted(along, matrix, classes, dead, notFinite);
  }

  /**
   * Units sorted into classes.
   *
   * @param matrix one unit per row
   * @param dead the units that are zero throughout
   * @param notFinite the units with NaN or infinity
   */
  record Sorted(Along along, Matrix matrix, UnitClasses classes, BitSet dead, BitSet notFinite) {

    /** Searches for near-duplicates, see {@link NearDuplicates#of}, and reports. */
    AxisReport withNear(double limit, long most) {
      int[] classOf = classes.classOf();
      int[] candidates =
          IntStream.range(0, classOf.length)
              .filter(unit -> classOf[unit] == unit && !notFinite.get(unit) && !dead.get(unit))
              .toArray();
      NearDuplicates found = NearDuplicates.of(matrix, candidates, limit, most);
      boolean[] near = new boolean[classOf.length];
      for (int i = 0; i < candidates.length; i++) {
        near[candidates[i]] = found.near()[i];
      }
      int units = (int) IntStream.of(classOf).filter(first -> near[first]).count();
      return report(
          Optional.of(
              new Near(
                  units,
                  Optional.ofNullable(found.example()),
                  found.searched(),
                  candidates.length)));
    }

    /** Reports on units without a direction, which have no near-duplicates. */
    AxisReport withoutNear() {
      return report(Optional.empty());
    }

    private AxisReport report(Optional<Near> near) {
      Map<Integer, List<Integer>> members = new TreeMap<>();
      int[] classOf = classes.classOf();
      for (int unit = 0; unit < classOf.length; unit++) {
        if (classOf[unit] != unit) {
          members
              .computeIfAbsent(classOf[unit], first -> new ArrayList<>(List.of(first)))
              .add(unit);
        }
      }
      return new AxisReport(
          along,
          classOf.length,
          classes.count(),
          classes.countByValue(),
          List.copyOf(members.values()),
          dead.stream().boxed().toList(),
          notFinite.cardinality(),
          near);
    }
  }
}
