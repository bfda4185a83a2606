package dev.lockstep.gpu.emulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.symmetry.Digest;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Digests of units are those of the host, and units are compared number by number. */
@ExtendWith(FreshDevice.class)
final class UnitClassKernelTest {

  private static final long SEED = 20261129;
  private static final int COLUMN = 0;
  private static final int ROW = 1;

  /** Rows or columns beyond 1024 are walked in several strips. */
  @ParameterizedTest
  @CsvSource({"1,1,1", "7,33,1", "33,7,3", "1025,3,2", "3,2049,2", "129,250,40"})
  void digestsAreThoseOfTheHost(int rows, int columns, int blocks) {
    float[] matrix = numbers(rows * columns);
    try (Session session = Canonical.session()) {
      Session.Memory memory = session.upload(matrix);
      for (int axis : new int[] {COLUMN, ROW}) {
        int units = axis == COLUMN ? columns : rows;
        int length = axis == COLUMN ? rows : columns;
        for (int zeroSign = 0; zeroSign < 2; zeroSign++) {
          long[] digests = new long[2 * units];
          for (int j = 0; j < units; j++) {
            float[] unit = unit(matrix, columns, axis, j, length, zeroSign);
            Digest digest = Digest.of(new FloatMatrix(1, length, unit));
            digests[2 * j] = digest.low();
            digests[2 * j + 1] = digest.high();
          }
          Session.Memory result = session.upload(new long[2 * units]);
          run(session, blocks, result, memory, rows, columns, axis, 0L, zeroSign);
          assertThat(session.longs(result, 2 * units))
              .as("axis %d, zero sign %d, seed %d", axis, zeroSign, SEED)
              .isEqualTo(digests);
        }
      }
    }
  }

  /** A unit's numbers may lie in several matrices: the digests add up, the positions go on. */
  @ParameterizedTest
  @CsvSource({"7,5", "33,1030"})
  void digestsOfPartsAddUp(int units, int length) {
    float[] whole = numbers(units * length);
    int first = length / 2;
    long offset = (1L << 31) + 5;
    try (Session session = Canonical.session()) {
      Session.Memory all = session.upload(whole);
      Session.Memory once = session.upload(new long[2 * units]);
      run(session, 2, once, all, length, units, COLUMN, offset, 0);
      // Rows `first` and further of the same matrix, after those before.
      Session.Memory rest = session.upload(Arrays.copyOfRange(whole, first * units, whole.length));
      Session.Memory parts = session.upload(new long[2 * units]);
      run(session, 2, parts, all, first, units, COLUMN, offset, 0);
      run(session, 2, parts, rest, length - first, units, COLUMN, offset + first, 0);
      assertThat(session.longs(parts, 2 * units)).isEqualTo(session.longs(once, 2 * units));
    }
  }

  private static void run(
      Session session,
      int blocks,
      Session.Memory digests,
      Session.Memory matrix,
      int rows,
      int columns,
      int axis,
      long offset,
      int zeroSign) {
    Session.check(
        session.run(
            "unit_digests",
            blocks,
            256,
            0,
            digests,
            matrix,
            rows,
            columns,
            axis,
            offset,
            zeroSign));
  }

  @ParameterizedTest
  @CsvSource({"5,33,1", "33,5,1", "1030,7,3", "7,1030,3"})
  void oneUnequalNumberIsFound(int rows, int columns, int blocks) {
    try (Session session = Canonical.session()) {
      for (int axis : new int[] {COLUMN, ROW}) {
        int units = axis == COLUMN ? columns : rows;
        int length = axis == COLUMN ? rows : columns;
        // All units are unit 1, but for the last number of unit 2, the sign of zero in unit 3, and
        // the payload of a NaN in unit 4.
        float[] numbers = numbers(length);
        float[] matrix = new float[rows * columns];
        for (int j = 0; j < units; j++) {
          for (int i = 0; i < length; i++) {
            matrix[index(columns, axis, j, i)] = numbers[i];
          }
        }
        for (int j = 0; j < units; j++) {
          matrix[index(columns, axis, j, 0)] = j == 3 ? -0f : 0f;
          matrix[index(columns, axis, j, 1)] =
              Float.intBitsToFloat(j == 4 ? 0xffc00001 : 0x7fc00000);
        }
        matrix[index(columns, axis, 2, length - 1)] = 12345;
        int[] classOf = new int[units];
        Arrays.fill(classOf, 1);
        Session.Memory memory = session.upload(matrix);
        Session.Memory classes = session.upload(classOf);
        for (int zeroSign = 0; zeroSign < 2; zeroSign++) {
          int[] expected = new int[units];
          expected[0] = 1; // was set, and stays
          expected[2] = 1;
          expected[3] = zeroSign == 0 ? 1 : 0;
          int[] before = new int[units];
          before[0] = 1;
          Session.Memory unequal = session.upload(before);
          Session.check(
              session.run(
                  "compare_units",
                  blocks,
                  256,
                  0,
                  unequal,
                  classes,
                  memory,
                  rows,
                  columns,
                  axis,
                  zeroSign));
          assertThat(session.ints(unequal, units))
              .as("axis %d, zero sign %d, seed %d", axis, zeroSign, SEED)
              .isEqualTo(expected);
        }
      }
    }
  }

  private static int index(int columns, int axis, int unit, int i) {
    return axis == COLUMN ? i * columns + unit : unit * columns + i;
  }

  private static float[] unit(
      float[] matrix, int columns, int axis, int unit, int length, int zeroSign) {
    float[] numbers = new float[length];
    for (int i = 0; i < length; i++) {
      float x = matrix[index(columns, axis, unit, i)];
      numbers[i] = zeroSign == 1 && x == 0 ? 0f : x;
    }
    return numbers;
  }

  private static float[] numbers(int count) {
    Random random = new Random(SEED);
    float[] values = Canonical.values(random, count);
    for (int i = 0; i < count; i += 11) {
      values[i] = Canonical.EDGES[random.nextInt(Canonical.EDGES.length)];
    }
    return values;
  }
}
