package dev.lockstep.symmetry;

import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Trainer;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The units of one layer, sorted into classes. All numbers of the units of a class are equal to the
 * last bit.
 *
 * @param classOf the lowest unit of each unit's class
 * @param classOfByValue the lowest unit of each unit's class if -0 counts as +0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record UnitClasses(int[] classOf, int[] classOfByValue) {

  /** Sorts the units of a hidden layer (from 0) by a trainer's parameters, in place if possible. */
  public static UnitClasses of(Trainer trainer, int hidden) {
    return trainer instanceof ResidentSymmetry resident
        ? resident.unitClasses(hidden)
        : of(UnitSlices.of(trainer.parameters(), hidden));
  }

  /**
   * Sorts units. If they are not all equal, units with equal 64-bit hashes are compared number by
   * number with the first unit of each class.
   */
  public static UnitClasses of(UnitSlices slices) {
    if (lockstep(slices)) {
      int[] all = new int[slices.units()];
      return new UnitClasses(all, all);
    }
    int[] exact = partition(slices, ZeroSign.COUNTS);
    boolean one = countOf(exact) == 1;
    return new UnitClasses(exact, one ? exact : partition(slices, ZeroSign.IGNORED));
  }

  /** Returns the classes that decide: by value for a library, which may lose the sign of -0. */
  public UnitClasses decisive(Kind kind) {
    return kind.isLibrary() ? new UnitClasses(classOfByValue, classOfByValue) : this;
  }

  /** The number of classes; 1 in lockstep. */
  public int count() {
    return countOf(classOf);
  }

  /** The number of classes if -0 counts as +0. */
  public int countByValue() {
    return countOf(classOfByValue);
  }

  /** Returns whether all units form one class. */
  public boolean lockstep() {
    return count() == 1;
  }

  /** Returns the lowest unit outside unit 0's class, or -1 in lockstep. */
  public int firstOutside() {
    for (int j = 0; j < classOf.length; j++) {
      if (classOf[j] != 0) {
        return j;
      }
    }
    return -1;
  }

  /** Returns the highest unit outside unit 0's class, or -1 in lockstep. */
  public int lastOutside() {
    for (int j = classOf.length - 1; j >= 0; j--) {
      if (classOf[j] != 0) {
        return j;
      }
    }
    return -1;
  }

  /**
   * Returns whether all units form one class. It does not sort the units but compares neighbours,
   * and reads each matrix once, row by row.
   */
  public static boolean lockstep(UnitSlices slices) {
    for (UnitSlices.Part part : slices.parts()) {
      if (!neighboursEqual(part)) {
        return false;
      }
    }
    return true;
  }

  private static boolean neighboursEqual(UnitSlices.Part part) {
    int rows = part.matrix().rows();
    int columns = part.matrix().columns();
    if (part.axis() == UnitSlices.Axis.ROW) {
      // Row j equals row j + 1 for all j: the matrix equals itself one row further.
      return rangesEqual(part.matrix(), 0, columns, (rows - 1) * columns);
    }
    for (int i = 0; i < rows; i++) {
      if (!rangesEqual(part.matrix(), i * columns, i * columns + 1, columns - 1)) {
        return false;
      }
    }
    return true;
  }

  /** Arrays.equals compares as Float.equals does: all NaNs equal, -0 unequal to +0. */
  private static boolean rangesEqual(Matrix matrix, int a, int b, int length) {
    return switch (matrix) {
      case FloatMatrix(int _, int _, float[] data) ->
          Arrays.equals(data, a, a + length, data, b, b + length);
      case DoubleMatrix(int _, int _, double[] data) ->
          Arrays.equals(data, a, a + length, data, b, b + length);
      case DrawnMatrix drawn -> {
        for (int i = 0; i < length; i++) {
          if (drawn.bits(a + i) != drawn.bits(b + i)) {
            yield false;
          }
        }
        yield true;
      }
    };
  }

  private enum ZeroSign {
    COUNTS,
    IGNORED
  }

  private static int[] partition(UnitSlices slices, ZeroSign zeroSign) {
    long[] hashes = hashes(slices, zeroSign);
    int[] classOf = new int[slices.units()];
    Map<Long, Integer> firstOf = new HashMap<>();
    // Classes of equal hash are chained: next[u] is the first unit of the class after u's.
    int[] next = new int[slices.units()];
    Arrays.fill(next, -1);
    for (int j = 0; j < classOf.length; j++) {
      Integer first = firstOf.putIfAbsent(hashes[j], j);
      classOf[j] = first == null ? j : classIn(slices, zeroSign, next, first, j);
    }
    return classOf;
  }

  private static int classIn(
      UnitSlices slices, ZeroSign zeroSign, int[] next, int first, int unit) {
    int candidate = first;
    while (!equal(slices, zeroSign, candidate, unit)) {
      if (next[candidate] < 0) {
        next[candidate] = unit;
        return unit;
      }
      candidate = next[candidate];
    }
    return candidate;
  }

  private static long[] hashes(UnitSlices slices, ZeroSign zeroSign) {
    long[] hashes = new long[slices.units()];
    for (UnitSlices.Part part : slices.parts()) {
      for (int i = 0; i < part.length(); i++) {
        for (int j = 0; j < hashes.length; j++) {
          hashes[j] = Digest.mix(hashes[j] ^ bits(part.matrix(), part.index(j, i), zeroSign));
        }
      }
    }
    return hashes;
  }

  private static boolean equal(UnitSlices slices, ZeroSign zeroSign, int a, int b) {
    for (UnitSlices.Part part : slices.parts()) {
      for (int i = 0; i < part.length(); i++) {
        if (bits(part.matrix(), part.index(a, i), zeroSign)
            != bits(part.matrix(), part.index(b, i), zeroSign)) {
          return false;
        }
      }
    }
    return true;
  }

  private static long bits(Matrix matrix, int index, ZeroSign zeroSign) {
    return zeroSign == ZeroSign.IGNORED && matrix.value(index) == 0 ? 0 : matrix.bits(index);
  }

  private static int countOf(int[] classOf) {
    int count = 0;
    for (int j = 0; j < classOf.length; j++) {
      count += classOf[j] == j ? 1 : 0;
    }
    return count;
  }
}
