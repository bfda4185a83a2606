package dev.lockstep.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShuffleTest {

  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 13, 250, 1021, 60_000})
  void isAPermutation(int n) {
    int[] sorted = Shuffle.permutation(9, 3, n);
    Arrays.sort(sorted);
    assertThat(sorted).isEqualTo(IntStream.range(0, n).toArray());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 0x1_0000_0000L, Long.MIN_VALUE})
  void agreesWithTheDefinitionInExactIntegers(long epoch) {
    assertThat(Shuffle.permutation(-77, epoch, 129)).isEqualTo(byDefinition(-77, epoch, 129));
  }

  /** The documented definition, step by step in unbounded integers. */
  private static int[] byDefinition(long seed, long epoch, int n) {
    int[] order = IntStream.range(0, n).toArray();
    int number = 0;
    for (int i = n - 1; i >= 1; i--) {
      BigInteger bound = BigInteger.valueOf(i + 1);
      BigInteger[] product;
      do {
        int[] words = new int[4];
        Philox.block(
            number++, (int) (epoch >> 32), (int) epoch, 2, (int) seed, (int) (seed >> 32), words);
        BigInteger draw =
            BigInteger.valueOf(Integer.toUnsignedLong(words[1]))
                .shiftLeft(32)
                .add(BigInteger.valueOf(Integer.toUnsignedLong(words[0])));
        product = draw.multiply(bound).divideAndRemainder(TWO_TO_64);
      } while (product[1].compareTo(TWO_TO_64.mod(bound)) < 0);
      int j = product[0].intValueExact();
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }

  /** Computed once by an independent implementation in Python. */
  @Test
  void permutationsNeverChange() {
    assertThat(Shuffle.permutation(42, 0, 10)).containsExactly(6, 0, 2, 8, 3, 9, 5, 4, 7, 1);
    assertThat(Shuffle.permutation(42, 1, 10)).containsExactly(9, 1, 5, 4, 2, 0, 3, 7, 6, 8);
  }

  @Test
  void everySeedAndEpochHasItsOwn() {
    List<String> permutations =
        List.of(
            Arrays.toString(Shuffle.permutation(1, 1, 50)),
            Arrays.toString(Shuffle.permutation(2, 1, 50)),
            Arrays.toString(Shuffle.permutation(1, 2, 50)),
            Arrays.toString(Shuffle.permutation(1, 1L << 32, 50)),
            Arrays.toString(Shuffle.permutation(1L << 32, 1, 50)));
    assertThat(permutations).doesNotHaveDuplicates();
  }

  @Test
  void everyPermutationIsEquallyLikely() {
    int epochs = 24_000;
    Map<String, Integer> counts = new HashMap<>();
    for (int epoch = 0; epoch < epochs; epoch++) {
      counts.merge(Arrays.toString(Shuffle.permutation(1, epoch, 4)), 1, Integer::sum);
    }
    assertThat(counts).hasSize(24);
    double expected = epochs / 24.0;
    double chiSquare =
        counts.values().stream()
            .mapToDouble(count -> (count - expected) * (count - expected) / expected)
            .sum();
    assertThat(chiSquare).isCloseTo(23, within(5 * Math.sqrt(2.0 * 23)));
  }

  @Test
  void rejectsDrawsThatWouldBias() {
    // 2^64 mod 3 = 1, so of all draws only 0 is one too many.
    Iterator<Long> draws = List.of(0L, 0L, -1L).iterator();
    assertThat(Shuffle.below(3, draws::next)).isEqualTo(2);
    assertThat(draws).isExhausted();
  }

  @Test
  void keepsDrawsAtTheEdge() {
    assertThat(Shuffle.below(3, List.of(1L).iterator()::next)).isZero();
    assertThat(Shuffle.below(4, List.of(0L).iterator()::next)).isZero();
    assertThat(Shuffle.below(Integer.MAX_VALUE, List.of(-1L).iterator()::next))
        .isEqualTo(Integer.MAX_VALUE - 1);
  }

  @Test
  void refusesANegativeNumberOfRows() {
    assertThatThrownBy(() -> Shuffle.permutation(1, 1, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot permute -1 rows");
  }
}
