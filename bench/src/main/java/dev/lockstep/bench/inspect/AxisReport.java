package dev.lockstep.bench.inspect;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How many of a weight's units are equal, along one of its dimensions.
 *
 * @param classes of equal units, to the last bit
 * @param classesByValue the same with -0 counted as +0
 * @param equal the classes of several units
 * @param dead units whose numbers are all zero, ascending
 * @param notFinite how many units hold NaN or infinity
 * @param near near-duplicates; none if the units are a single number each, or multiples of one unit
 *     by construction, so that they have no direction
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
   * Near-duplicates.
   *
   * @param units that are a near-duplicate of another one
   * @param example two of them, or none
   * @param searched classes that were compared with all others
   * @param candidates classes that can have near-duplicates
   */
  record Near(int units, Optional<NearDuplicates.Pair> example, int searched, int candidates) {
    boolean complete() {
      return searched == candidates;
    }
  }

  /** What was found, the closest first. */
  enum Finding {
    /** All units are equal. */
    LOCKSTEP,
    /** Some units that are not dead are equal. */
    SOME_EQUAL,
    /** No two units are equal but the dead; some are near-duplicates. */
    NEARLY_EQUAL,
    ALL_DIFFER
  }

  AxisReport {
    equal = List.copyOf(equal);
    dead = List.copyOf(dead);
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

  /** Whether the search for near-duplicates came to its end. */
  boolean complete() {
    return near.map(Near::complete).orElse(true);
  }

  /** How many units are a near-duplicate of another one. */
  int nearUnits() {
    return near.map(Near::units).orElse(0);
  }

  /** The classes of several units that are not dead. */
  List<List<Integer>> equalAlive() {
    return equal.stream()
        .filter(units -> Collections.binarySearch(dead, units.getFirst()) < 0)
        .toList();
  }

  /** How many units are equal to another one and not dead. */
  int equalUnits() {
    return equalAlive().stream().mapToInt(List::size).sum();
  }

  /**
   * The classes and the dead, still without near-duplicates.
   *
   * @param matrix one unit a row
   */
  static Sorted sort(Along along, Matrix matrix) {
    UnitClasses classes = UnitClasses.of(UnitSlices.ofRows(matrix));
    List<Integer> dead = new ArrayList<>();
    boolean[] finite = new boolean[matrix.rows()];
    boolean[] zero = new boolean[matrix.rows()];
    for (int unit = 0; unit < matrix.rows(); unit++) {
      finite[unit] = true;
      zero[unit] = true;
      for (int k = 0; k < matrix.columns(); k++) {
        double value = matrix.value(unit * matrix.columns() + k);
        finite[unit] &= Double.isFinite(value);
        zero[unit] &= value == 0;
      }
      if (zero[unit]) {
        dead.add(unit);
      }
    }
    return new Sorted(along, matrix, classes, dead, zero, finite);
  }

  /**
   * Units in classes.
   *
   * @param matrix one unit a row
   */
  @SuppressWarnings("ArrayRecordComponent") // looked at, never compared
  record Sorted(
      Along along,
      Matrix matrix,
      UnitClasses classes,
      List<Integer> dead,
      boolean[] zero,
      boolean[] finite) {

    /** Looks for near-duplicates too. */
    AxisReport withNear(double limit, long most) {
      int[] classOf = classes.classOf();
      int[] candidates =
          IntStream.range(0, classOf.length)
              .filter(unit -> classOf[unit] == unit && finite[unit] && !zero[unit])
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

    /** Does not look for near-duplicates, since units without a direction have none. */
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
      int notFinite = (int) IntStream.range(0, finite.length).filter(unit -> !finite[unit]).count();
      return new AxisReport(
          along,
          classOf.length,
          classes.count(),
          classes.countByValue(),
          List.copyOf(members.values()),
          dead,
          notFinite,
          near);
    }
  }
}
