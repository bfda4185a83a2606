package dev.lockstep.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TimeZone;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.util.DefaultTimeZone;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzFileTest {

  private static final NpyArray.Floats W1 =
      new NpyArray.Floats(
          new int[] {2, 3},
          new float[] {0f, -0f, 1.5f, Float.POSITIVE_INFINITY, Float.NaN, Float.MIN_VALUE});
  private static final NpyArray.Doubles B1 =
      new NpyArray.Doubles(new int[] {3}, new double[] {0.1, -2, Double.MIN_VALUE});

  @TempDir private Path folder;

  /** Files of numpy.savez and numpy.savez_compressed; NOTICE.txt beside them says how. */
  @ParameterizedTest
  @ValueSource(strings = {"numpy.npz", "numpy-compressed.npz"})
  void readsWhatNumpyWrites(String name) {
    Map<String, NpyArray> arrays = NpzFile.read(resource(name));
    assertThat(arrays.keySet()).containsExactly("w1", "b1");
    assertSame(named(arrays, "w1"), W1);
    assertSame(named(arrays, "b1"), B1);
  }

  @Test
  void writesTheBytesOfNumpy() throws IOException {
    Path file = folder.resolve("ours.npz");
    NpzFile.write(file, Map.of("w1", W1, "b1", B1));
    try (ZipFile ours = new ZipFile(file.toFile());
        ZipFile numpys = new ZipFile(resource("numpy.npz").toFile())) {
      assertThat(bytes(ours, "w1.npy")).isEqualTo(bytes(numpys, "w1.npy"));
      assertThat(bytes(ours, "b1.npy")).isEqualTo(bytes(numpys, "b1.npy"));
    }
  }

  private static byte[] bytes(ZipFile zip, String entry) throws IOException {
    try (var in = zip.getInputStream(Objects.requireNonNull(zip.getEntry(entry)))) {
      return in.readAllBytes();
    }
  }

  /** Sizes around the chunks of 16384 floats or 8192 doubles that values are copied in. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 1021, 8191, 8192, 8193, 16_383, 16_384, 16_385, 200_003})
  void returnsEveryBit(int count) {
    float[] floats = new float[count];
    double[] doubles = new double[count];
    for (int i = 0; i < count; i++) {
      floats[i] = Float.intBitsToFloat(i * 0x9E37_79B9);
      doubles[i] = Double.longBitsToDouble(i * 0x9E37_79B9_7F4A_7C15L);
    }
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("column", new NpyArray.Floats(new int[] {count, 1}, floats));
    arrays.put("row", new NpyArray.Doubles(new int[] {1, count}, doubles));
    arrays.put("vector", new NpyArray.Floats(new int[] {count}, floats));
    byte[] bytes = new byte[count];
    long[] longs = new long[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) i;
      longs[i] = (i - 7L) << (i % 60);
    }
    arrays.put("bytes", new NpyArray.Bytes(new int[] {1, count, 1, 1, 1}, bytes));
    arrays.put("longs", new NpyArray.Longs(new int[] {1, 1, count}, longs));
    Path file = folder.resolve("bits.npz");

    NpzFile.write(file, arrays);
    Map<String, NpyArray> read = NpzFile.read(file);

    assertThat(read.keySet()).containsExactly("bytes", "column", "longs", "row", "vector");
    arrays.forEach((name, array) -> assertSame(named(read, name), array));
  }

  @Test
  @DefaultTimeZone("Pacific/Auckland")
  void equalArraysGiveEqualFiles() throws IOException {
    Map<String, NpyArray> forwards = new LinkedHashMap<>();
    forwards.put("a", W1);
    forwards.put("b", B1);
    Map<String, NpyArray> backwards = new LinkedHashMap<>();
    backwards.put("b", B1);
    backwards.put("a", W1);
    Path first = folder.resolve("first.npz");
    Path second = folder.resolve("second.npz");
    NpzFile.write(first, forwards);
    TimeZone.setDefault(TimeZone.getTimeZone("America/Denver"));
    NpzFile.write(second, backwards);
    assertThat(first).hasSameBinaryContentAs(second);
  }

  @Test
  void writesNoArraysAtAll() {
    Path file = folder.resolve("none.npz");
    NpzFile.write(file, Map.of());
    assertThat(NpzFile.read(file)).isEmpty();
  }

  @Test
  void reportsAFullDevice() {
    assumeThat(Path.of("/dev/full")).exists();
    assertThatThrownBy(() -> NpzFile.write(Path.of("/dev/full"), Map.of("w1", W1)))
        .isInstanceOf(InputException.class)
        .hasMessageMatching("/dev/full: cannot be written, .+");
  }

  @Test
  void leavesNothingBehindWhenAnArrayFails() {
    Map<String, NpyArray> arrays = Map.of("a", W1, "x".repeat(70_000), W1);
    assertThatThrownBy(() -> NpzFile.write(folder.resolve("file.npz"), arrays))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void arraysAgreeWithTheirShape() {
    assertThatThrownBy(() -> new NpyArray.Floats(new int[] {2, 3}, new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape [2, 3] does not hold 5 values");
    assertThatThrownBy(() -> new NpyArray.Doubles(new int[] {-1, -5}, new double[5]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NpyArray.Floats(new int[] {}, new float[1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NpyArray.Floats(new int[] {1, 1, 1, 1, 1, 1}, new float[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  static NpyArray named(Map<String, NpyArray> arrays, String name) {
    return Objects.requireNonNull(arrays.get(name), name);
  }

  private static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(NpzFileTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Compares raw bits, so that NaN and the sign of zero count. */
  static void assertSame(NpyArray actual, NpyArray expected) {
    assertThat(actual).isInstanceOf(expected.getClass());
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(bits(actual)).isEqualTo(bits(expected));
  }

  private static long[] bits(NpyArray array) {
    return switch (array) {
      case NpyArray.Floats(_, float[] values) -> {
        long[] bits = new long[values.length];
        for (int i = 0; i < bits.length; i++) {
          bits[i] = Float.floatToRawIntBits(values[i]);
        }
        yield bits;
      }
      case NpyArray.Doubles(_, double[] values) -> {
        long[] bits = new long[values.length];
        for (int i = 0; i < bits.length; i++) {
          bits[i] = Double.doubleToRawLongBits(values[i]);
        }
        yield bits;
      }
      case NpyArray.Bytes(_, byte[] values) -> {
        long[] bits = new long[values.length];
        for (int i = 0; i < bits.length; i++) {
          bits[i] = values[i];
        }
        yield bits;
      }
      case NpyArray.Longs(_, long[] values) -> values.clone();
    };
  }
}
