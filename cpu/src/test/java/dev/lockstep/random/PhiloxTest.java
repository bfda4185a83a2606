package dev.lockstep.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PhiloxTest {

  private static final int DRAWS = 1 << 18;

  /** From the file kat_vectors of Random123 1.14.0: counter, key, output. */
  @ParameterizedTest
  @CsvSource({
    "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void agreesWithPublishedVectors(String counter, String key, String output) {
    int[] c = words(counter);
    int[] k = words(key);
    int[] actual = new int[4];
    Philox.block(c[0], c[1], c[2], c[3], k[0], k[1], actual);
    assertThat(actual).isEqualTo(words(output));
  }

  @Test
  void bitsFollowTheDocumentedLayout() {
    // Every word differs, so that no two can be exchanged unnoticed.
    long seed = 0x299f31d0_a4093822L;
    long index = 0x85a308d3_243f6a88L;
    int layer = 0x13198a2e;
    int[] block = new int[4];
    Philox.block(0x243f6a88, 0x85a308d3, layer, 3, 0xa4093822, 0x299f31d0, block);

    long bits = Philox.bits(seed, Stream.TEACHER, layer, index);

    assertThat((int) bits).isEqualTo(block[0]);
    assertThat((int) (bits >>> 32)).isEqualTo(block[1]);
  }

  @Test
  void streamNumbersNeverChange() {
    assertThat(Stream.values()).extracting(Stream::number).containsExactly(0, 1, 2, 3, 4, 5, 6);
  }

  /** Computed once by an independent implementation in Python. */
  @Test
  void drawsNeverChange() {
    assertThat(Philox.bits(42, Stream.WEIGHTS, 1, 7)).isEqualTo(0x5281_c34e_4c78_c45fL);
    assertThat(Philox.uniform(42, Stream.NOISE, 2, -1)).isEqualTo(0x1.f2059e8792e0bp-1);
    assertThat(Philox.normal(-3, Stream.WEIGHTS, 0, 1L << 40)).isEqualTo(0x1.cad136d73a254p0);
  }

  /** What varies from draw to draw while the rest of the position stays. */
  enum Direction {
    INDEX,
    INDEX_HIGH,
    LAYER,
    SEED,
    SEED_HIGH;

    double uniform(int i) {
      return Philox.uniform(seed(i), Stream.WEIGHTS, layer(i), index(i));
    }

    double normal(int i) {
      return Philox.normal(seed(i), Stream.WEIGHTS, layer(i), index(i));
    }

    private long seed(int i) {
      return this == SEED ? i : this == SEED_HIGH ? (long) i << 32 : 1;
    }

    private int layer(int i) {
      return this == LAYER ? i : 1;
    }

    private long index(int i) {
      return this == INDEX ? i : this == INDEX_HIGH ? (long) i << 32 : 1;
    }
  }

  @ParameterizedTest
  @EnumSource
  void uniformHasTheMomentsOfItsDistribution(Direction direction) {
    IntToDoubleFunction draw = direction::uniform;
    assertThat(draws(draw)).allMatch(u -> u >= 0 && u < 1);
    assertMean(draw, 1.0 / 2, 1.0 / 12);
    assertMean(i -> square(draw.applyAsDouble(i) - 0.5), 1.0 / 12, 1.0 / 80 - 1.0 / 144);
    assertUncorrelated(i -> draw.applyAsDouble(i) - 0.5, 1.0 / 12);
  }

  @ParameterizedTest
  @EnumSource
  void normalHasTheMomentsOfItsDistribution(Direction direction) {
    IntToDoubleFunction draw = direction::normal;
    assertMean(draw, 0, 1);
    assertMean(i -> square(draw.applyAsDouble(i)), 1, 2);
    assertMean(i -> Math.pow(draw.applyAsDouble(i), 3), 0, 15);
    assertMean(i -> square(square(draw.applyAsDouble(i))), 3, 105 - 9);
    assertUncorrelated(draw, 1);
  }

  @Test
  void uniformFillsItsIntervalEvenly() {
    int cells = 256;
    int[] counts = new int[cells];
    draws(Direction.INDEX::uniform).forEach(u -> counts[(int) (u * cells)]++);
    double expected = (double) DRAWS / cells;
    double chiSquare =
        IntStream.of(counts).mapToDouble(count -> square(count - expected) / expected).sum();
    // Mean k and variance 2k with k = cells - 1 degrees of freedom.
    assertThat(chiSquare).isCloseTo(cells - 1, within(5 * Math.sqrt(2.0 * (cells - 1))));
  }

  @Test
  void uniformUsesAllFiftyThreeBits() {
    long seen = 0;
    for (int i = 0; i < 1000; i++) {
      double u = Philox.uniform(5, Stream.NOISE, 0, i);
      seen |= (long) (u * 0x1p53);
    }
    assertThat(seen).isEqualTo((1L << 53) - 1);
  }

  @Test
  void normalIsFiniteAtTheEndsOfItsRange() {
    assertThat(Philox.normal(0, 0)).isCloseTo(Math.sqrt(106 * Math.log(2)), within(1e-12));
    assertThat(Philox.normal(0, 1L << 63)).isCloseTo(-8.57, within(0.005));
    assertThat(Math.abs(Philox.normal(-1, 0))).isZero();
  }

  @Test
  void streamsShareNoDraw() {
    assertThat(Arrays.stream(Stream.values()).map(stream -> Philox.bits(1, stream, 1, 1)))
        .doesNotHaveDuplicates();
  }

  /** Within five standard errors; the seeds are fixed, so this passes always or never. */
  private static void assertMean(IntToDoubleFunction draw, double mean, double variance) {
    double actual = draws(draw).average().orElseThrow();
    assertThat(actual).isCloseTo(mean, within(5 * Math.sqrt(variance / DRAWS)));
  }

  private static void assertUncorrelated(IntToDoubleFunction centred, double variance) {
    assertMean(
        i -> centred.applyAsDouble(i) * centred.applyAsDouble(i + 1), 0, variance * variance);
  }

  private static DoubleStream draws(IntToDoubleFunction draw) {
    return IntStream.range(0, DRAWS).mapToDouble(draw);
  }

  private static double square(double x) {
    return x * x;
  }

  private static int[] words(String hex) {
    return Arrays.stream(hex.split(" ")).mapToInt(HexFormat::fromHexDigits).toArray();
  }
}
