package dev.lockstep.bench.inspect;

import dev.lockstep.matrix.Matrix;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Units that differ in their bits but point in almost the same direction: the cosine between them
 * is above a limit.
 *
 * @param near for each compared unit, in the order given, whether it is a near-duplicate
 * @param example the first pair found; null if there is none
 * @param searched the number of units that were compared with all others; fewer than all only in
 *     very wide layers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NearDuplicates(boolean[] near, @Nullable Pair example, int searched) {

  /**
   * The most numbers that a search compares, which takes less than a minute. Random units of any
   * width that fits the memory need far fewer.
   */
  static final long MOST_NUMBERS = 1L << 33;

  /** Two units, the lower one first. */
  record Pair(int first, int second) {}

  /** Whether all units were compared. */
  boolean complete() {
    return searched == near.length;
  }

  /**
   * Compares units. Two units of length 1 have a cosine above c if and only if their squared
   * distance is below 2 (1 - c), so that the sum of squares can stop as soon as it is too large.
   *
   * @param matrix one unit per row
   * @param units the rows to compare, finite and not zero throughout
   * @param limit the cosine, from 0 to 1
   * @param most the most numbers to compare
   */
  static NearDuplicates of(Matrix matrix, int[] units, double limit, long most) {
    return new Search(matrix, units, 2 * (1 - limit)).run(most);
  }

  /** The state of a search. */
  private static final class Search {

    /** The length of a sketch. */
    private static final int SKETCH = 16;

    /** A generous bound of the rounding errors of sketches. */
    private static final double SKETCH_ERROR = 1e-9;

    /** The numbers added between two checks of a sum. */
    private static final int RUN = 32;

    private final Matrix matrix;
    private final int columns;
    private final double farthest;

    /** Ordered by the first number of their sketches, so that only neighbours are compared. */
    private final int[] units;

    private final double[] sketches;

    /** Scales units to length 1, together with {@link #factor}, without overflow. */
    private final double[] scale;

    private final double[] factor;

    Search(Matrix matrix, int[] given, double farthest) {
      this.matrix = matrix;
      this.columns = matrix.columns();
      this.farthest = farthest;
      this.scale = new double[matrix.rows()];
      this.factor = new double[matrix.rows()];
      for (int unit : given) {
        measure(unit);
      }
      double[] first = new double[matrix.rows()];
      for (int unit : given) {
        first[unit] = sketch(unit)[0];
      }
      this.units =
          IntStream.of(given)
              .boxed()
              .sorted(Comparator.comparingDouble(unit -> first[unit]))
              .mapToInt(Integer::intValue)
              .toArray();
      this.sketches = new double[units.length * SKETCH];
      for (int i = 0; i < units.length; i++) {
        System.arraycopy(sketch(units[i]), 0, sketches, i * SKETCH, SKETCH);
      }
    }

    private void measure(int unit) {
      double largest = 0;
      for (int k = 0; k < columns; k++) {
        largest = Math.max(largest, Math.abs(matrix.value(unit * columns + k)));
      }
      // The power of two that brings the largest number closest to 1, within the range of powers.
      scale[unit] = Math.scalb(1.0, Math.clamp(-Math.getExponent(largest), -1000, 1000));
      double squares = 0;
      for (int k = 0; k < columns; k++) {
        double value = matrix.value(unit * columns + k) * scale[unit];
        squares += value * value;
      }
      factor[unit] = 1 / Math.sqrt(squares);
    }

    /**
     * Projects a unit on orthonormal directions, so that two units are never closer than their
     * sketches. Each direction contains every sixteenth number with a random sign, so that
     * differences in a few numbers, or in the last numbers only, show in the sketch.
     */
    private double[] sketch(int unit) {
      double[] sketch = new double[SKETCH];
      for (int k = 0; k < columns; k++) {
        double value = normal(unit, k);
        sketch[k % SKETCH] += isNegative(k) ? -value : value;
      }
      for (int s = 0; s < Math.min(SKETCH, columns); s++) {
        sketch[s] /= Math.sqrt((columns - s + SKETCH - 1) / SKETCH);
      }
      return sketch;
    }

    private static boolean isNegative(int k) {
      long mixed = (k + 1) * 0x9E3779B97F4A7C15L;
      return (mixed ^ mixed >>> 32) * 0xBF58476D1CE4E5B9L < 0;
    }

    private double normal(int unit, int k) {
      return matrix.value(unit * columns + k) * scale[unit] * factor[unit];
    }

    NearDuplicates run(long most) {
      double reach = Math.sqrt(farthest) + SKETCH_ERROR;
      boolean[] near = new boolean[units.length];
      Pair example = null;
      long numbers = 0;
      int searched = 0;
      while (searched < units.length && numbers <= most) {
        int i = searched;
        int j = i + 1;
        for (; j < units.length && numbers <= most; j++) {
          if (sketches[j * SKETCH] - sketches[i * SKETCH] > reach) {
            break;
          }
          numbers++;
          if (near[i] && near[j]) {
            continue;
          }
          numbers += SKETCH;
          if (sketchDistance(i, j) > reach * reach) {
            continue;
          }
          int compared = compared(units[i], units[j]);
          numbers += Math.abs(compared);
          if (compared > 0) {
            near[i] = true;
            near[j] = true;
            example = example == null ? pair(units[i], units[j]) : example;
          }
        }
        if (numbers <= most) {
          searched++;
        }
      }
      return new NearDuplicates(inOrder(near), example, searched);
    }

    private static Pair pair(int a, int b) {
      return new Pair(Math.min(a, b), Math.max(a, b));
    }

    /** Reorders flags from the order of {@link #units} to ascending unit numbers. */
    private boolean[] inOrder(boolean[] near) {
      int[] places =
          IntStream.range(0, units.length)
              .boxed()
              .sorted(Comparator.comparingInt(place -> units[place]))
              .mapToInt(Integer::intValue)
              .toArray();
      boolean[] ordered = new boolean[near.length];
      for (int i = 0; i < places.length; i++) {
        ordered[i] = near[places[i]];
      }
      return ordered;
    }

    private double sketchDistance(int i, int j) {
      double sum = 0;
      for (int s = 0; s < SKETCH; s++) {
        double difference = sketches[i * SKETCH + s] - sketches[j * SKETCH + s];
        sum += difference * difference;
      }
      return sum;
    }

    /** Compares two units; returns how many numbers it read, negated if they are too far apart. */
    private int compared(int a, int b) {
      double sum = 0;
      for (int from = 0; from < columns; from += RUN) {
        int to = Math.min(columns, from + RUN);
        for (int k = from; k < to; k++) {
          double difference = normal(a, k) - normal(b, k);
          sum += difference * difference;
        }
        if (sum >= farthest) {
          return -to;
        }
      }
      return columns;
    }
  }
}
