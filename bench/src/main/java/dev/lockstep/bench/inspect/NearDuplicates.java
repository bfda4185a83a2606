package dev.lockstep.bench.inspect;

import dev.lockstep.matrix.Matrix;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Units of unequal bits that point almost the same way: the cosine between them is above a limit.
 *
 * @param near for each unit that was compared, in the order given, whether it is near another one
 * @param example the first pair that was found, or null
 * @param searched how many of them were compared with all others; all but in very wide layers
 */
@SuppressWarnings("ArrayRecordComponent") // looked at, never compared
record NearDuplicates(boolean[] near, @Nullable Pair example, int searched) {

  /**
   * Numbers that are compared before the search gives up, in one dimension of one weight: less than
   * a minute. Random units of any width that fits the memory need far fewer.
   */
  static final long MOST_NUMBERS = 1L << 33;

  /** Two units, the lower one first. */
  record Pair(int first, int second) {}

  /** Whether all were compared. */
  boolean complete() {
    return searched == near.length;
  }

  /**
   * Compares units. Two of length 1 have a cosine above c if and only if the square of their
   * distance is below 2 (1 - c), so that the sum of squares can stop as soon as it is too large.
   *
   * @param matrix one unit a row
   * @param units those to compare: none is all zero, all are finite
   * @param limit the cosine, 0 to 1
   * @param most numbers that are compared, at most
   */
  static NearDuplicates of(Matrix matrix, int[] units, double limit, long most) {
    return new Search(matrix, units, 2 * (1 - limit)).run(most);
  }

  /** A search that is under way. */
  private static final class Search {

    /** Numbers of a sketch. */
    private static final int SKETCH = 16;

    /** Far more than sketches of units of length 1 are wrong by. */
    private static final double SKETCH_ERROR = 1e-9;

    /** Between two looks at whether the sum is too large. */
    private static final int RUN = 32;

    private final Matrix matrix;
    private final int columns;
    private final double farthest;

    /** By the first number of their sketches, so that only neighbours need to be compared. */
    private final int[] units;

    private final double[] sketches;

    /** To length 1 in two steps, neither of which overflows. */
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
      // A power of two that brings the largest number near 1, or as near as there are powers.
      scale[unit] = Math.scalb(1.0, Math.clamp(-Math.getExponent(largest), -1000, 1000));
      double squares = 0;
      for (int k = 0; k < columns; k++) {
        double value = matrix.value(unit * columns + k) * scale[unit];
        squares += value * value;
      }
      factor[unit] = 1 / Math.sqrt(squares);
    }

    /**
     * Projections on directions that are orthogonal and of length 1: two units are never closer
     * than their sketches. Each direction has every sixteenth number, under a random sign, so that
     * units that differ in a few numbers only, or in the last ones only, differ here too.
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

    /** From the order of the sketches to that of the units. */
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

    /** How many numbers were compared: negative if the two units are too far from each other. */
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
