package dev.lockstep.file;

import static dev.lockstep.file.SafetensorsBytes.entry;
import static dev.lockstep.file.SafetensorsBytes.little;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.file.TensorFile.Entry;
import dev.lockstep.file.TensorFile.Reading;
import dev.lockstep.input.InputException;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files put together by hand, from the description at github.com/huggingface/safetensors. */
class SafetensorsFileTest {

  private static final String F32 = entry("w", "F32", "[2,3]", 0, 24);

  @TempDir private Path folder;

  private Path write(byte[] content) throws IOException {
    return Files.write(folder.resolve("a.safetensors"), content);
  }

  @Test
  void listsTensorsInTheOrderOfTheHeader() throws IOException {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + entry("z", "F32", "[2,1]", 8, 16)
            + ","
            + entry("a.ids", "I64", "[]", 0, 8)
            + ","
            + entry("none", "F8_E4M3", "[0,7]", 16, 16)
            + "}   ";
    try (TensorFile file = SafetensorsFile.open(write(SafetensorsBytes.file(header, bytes(16))))) {
      assertThat(file.entries())
          .containsExactly(
              new Entry("z", "F32", List.of(2L, 1L), Reading.BINARY32),
              new Entry("a.ids", "I64", List.of(), Reading.REFUSED),
              new Entry("none", "F8_E4M3", List.of(0L, 7L), Reading.REFUSED));
    }
  }

  private static byte[] bytes(int count) {
    return new byte[count];
  }

  @Test
  void readsEveryTypeBitByBit() throws IOException {
    ByteBuffer values =
        little(3 * (8 + 4 + 2 + 2))
            .putDouble(0.1)
            .putDouble(-0.0)
            .putDouble(Double.MIN_VALUE)
            .putFloat(0.1f)
            .putFloat(-0f)
            .putFloat(Float.MIN_VALUE)
            // Binary16: 1, the largest number, the least.
            .putShort((short) 0x3c00)
            .putShort((short) 0x7bff)
            .putShort((short) 0x8001)
            // Bfloat16: 1, -2, infinity.
            .putShort((short) 0x3f80)
            .putShort((short) 0xc000)
            .putShort((short) 0x7f80);
    String header =
        "{"
            + String.join(
                ",",
                entry("d", "F64", "[3,1]", 0, 24),
                entry("f", "F32", "[1,3]", 24, 36),
                entry("h", "F16", "[3,1,1]", 36, 42),
                entry("b", "BF16", "[3]", 42, 48))
            + "}";
    try (TensorFile file =
        SafetensorsFile.open(write(SafetensorsBytes.file(header, values.array())))) {
      List<Entry> entries = file.entries();
      assertMatrix(
          file.read(entries.get(0)),
          new DoubleMatrix(3, 1, new double[] {0.1, -0.0, Double.MIN_VALUE}));
      assertMatrix(
          file.read(entries.get(1)),
          new FloatMatrix(1, 3, new float[] {0.1f, -0f, Float.MIN_VALUE}));
      assertMatrix(
          file.read(entries.get(2)), new FloatMatrix(3, 1, new float[] {1, 65504, -0x1p-24f}));
      assertMatrix(
          file.read(entries.get(3)),
          new FloatMatrix(3, 1, new float[] {1, -2, Float.POSITIVE_INFINITY}));
    }
  }

  private static void assertMatrix(Matrix actual, Matrix expected) {
    assertThat(actual).hasSameClassAs(expected);
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertThat(actual.firstDifference(expected)).isEqualTo(-1);
  }

  /** Sizes around the chunks of 16384 floats and 32768 halves, not at the start of the values. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1021, 16_383, 16_384, 16_385, 32_768, 32_769, 100_003})
  void readsTensorsOfAnySize(int count) throws IOException {
    ByteBuffer values = little(4 + 6 * count).putFloat(-1);
    for (int i = 0; i < count; i++) {
      values.putFloat(i);
    }
    for (int i = 0; i < count; i++) {
      values.putShort((short) (i % 0x7f80));
    }
    String header =
        "{"
            + entry("first", "F32", "[1]", 0, 4)
            + ","
            + entry("floats", "F32", "[" + count + ",1]", 4, 4 + 4L * count)
            + ","
            + entry("halves", "BF16", "[1," + count + "]", 4 + 4L * count, 4 + 6L * count)
            + "}";
    try (TensorFile file =
        SafetensorsFile.open(write(SafetensorsBytes.file(header, values.array())))) {
      Matrix floats = file.read(file.entries().get(1));
      Matrix halves = file.read(file.entries().get(2));
      assertThat(floats.shape()).isEqualTo(count + " x 1");
      assertThat(halves.shape()).isEqualTo("1 x " + count);
      for (int i = 0; i < count; i++) {
        assertThat(floats.value(i)).isEqualTo(i);
        assertThat(halves.bits(i)).isEqualTo((long) (i % 0x7f80) << 16);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "[2,3];[2,4];shape of tensor 'w' is F32 2 x 4, which does not fit the 24 bytes",
        "[2,3];[2];shape of tensor 'w' is F32 2, which does not fit the 24 bytes",
        "[2,3];[];shape of tensor 'w' is F32 , which does not fit the 24 bytes",
        "[2,3];[0,6];shape of tensor 'w' is F32 0 x 6, which does not fit the 24 bytes",
        "[2,3];[4294967296,4294967296,6];shape of tensor 'w' is F32 4294967296 x 4294967296 x 6,",
        "[2,3];[-2,-3];shape of tensor 'w' is -2, expected a list of whole numbers",
        "[2,3];[2,3.0];shape of tensor 'w' is 3.0, expected a list of whole numbers",
        "[2,3];[99999999999999999999];shape of tensor 'w' is 99999999999999999999, expected",
        "[2,3];[[2],3];shape of tensor 'w' is [, expected a list of whole numbers",
        "[2,3];6;shape of tensor 'w' is 6, expected a list of whole numbers",
        "[2,3];null;shape of tensor 'w' is null, expected a list of whole numbers",
        "F32;F64;shape of tensor 'w' is F64 2 x 3, which does not fit the 24 bytes",
        "`\"F32\"`;7;dtype of tensor 'w' is 7, expected a text such as F32",
        "[0,24];[0,23];shape of tensor 'w' is F32 2 x 3, which does not fit the 23 bytes",
        "[0,24];[4,28];data_offsets of tensor 'w' is [4, 28], expected them to begin at 0",
        "[0,24];[24,0];data_offsets of tensor 'w' is [24, 0], expected a begin and an end behind",
        "[0,24];[24];data_offsets of tensor 'w' is [24], expected a begin and an end behind it",
        "[0,24];[-24,0];data_offsets of tensor 'w' is -24, expected a list of whole numbers",
        "`\"shape\":[2,3],`;``;shape of tensor 'w' is missing, expected an object of dtype, shape",
        "shape;form;field of tensor 'w' is form, expected an object of dtype, shape",
        "`\"shape\":`;`\"shape\":[1],\"shape\":`;header is not the expected JSON, the JSON reader",
        "`\"w\":{`;`\"v\":4,\"w\":{`;header of tensor 'v' is 4, expected an object of dtype, shape",
        "`\"w\":{`;`\"w\":{},\"w\":{`;dtype of tensor 'w' is missing, expected an object",
        "]}};]}};``"
      })
  void namesAFaultyField(String part, String replacement, String problem) throws IOException {
    String header = ("{" + F32 + "}").replace(part, replacement);
    Path path = write(SafetensorsBytes.file(header, new byte[24]));
    if (problem.isEmpty()) {
      SafetensorsFile.open(path).close();
    } else {
      assertFault(path, problem);
    }
  }

  private static void assertFault(Path path, String problem) {
    assertThatThrownBy(() -> SafetensorsFile.open(path).close())
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(path + ": " + problem)
        .message()
        .hasLineCount(1)
        .hasSizeLessThan(600);
  }

  @Test
  void namesARepeatedTensor() throws IOException {
    String twice = "{" + entry("w", "F32", "[3]", 0, 12) + "," + entry("w", "F32", "[3]", 12, 24);
    assertFault(
        write(SafetensorsBytes.file(twice + "}", bytes(24))), "header is not the expected JSON");
  }

  @Test
  void namesTensorsThatOverlap() throws IOException {
    String header =
        "{" + entry("a", "F32", "[4]", 0, 16) + "," + entry("b", "F32", "[4]", 8, 24) + "}";
    assertFault(
        write(SafetensorsBytes.file(header, bytes(24))),
        "data_offsets of tensor 'b' is [8, 24], expected them to begin at 16");
  }

  @Test
  void namesAGapAndWhatNoTensorHolds() throws IOException {
    String gap =
        "{" + entry("a", "F32", "[2]", 0, 8) + "," + entry("b", "F32", "[2]", 16, 24) + "}";
    assertFault(
        write(SafetensorsBytes.file(gap, bytes(24))),
        "data_offsets of tensor 'b' is [16, 24], expected them to begin at 8");
    assertFault(
        write(SafetensorsBytes.file("{" + F32 + "}", bytes(25))),
        "number of bytes behind the header is 25, expected 24, the end of its last tensor");
  }

  @Test
  void namesOffsetsBehindTheFile() throws IOException {
    long most = Long.MAX_VALUE - 3;
    assertFault(
        write(SafetensorsBytes.file("{" + F32 + "}", bytes(20))),
        "data_offsets of tensor 'w' is [0, 24], but only 20 bytes follow the header");
    String huge = entry("w", "F32", "[" + most / 4 + "]", 0, most);
    assertFault(
        write(SafetensorsBytes.file("{" + huge + "}", bytes(24))),
        "data_offsets of tensor 'w' is [0, " + most + "], but only 24 bytes follow the header");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "100;header length is 100, but only",
        "100000001;header length is 100000001, expected at most 100000000",
        "-1;header length is 18446744073709551615, expected at most 100000000",
        "0;header is missing, expected a JSON object",
        "20;header is not the expected JSON, the JSON reader says: Unexpected end-of-input",
      })
  void namesALieAboutTheHeader(long length, String problem) throws IOException {
    assertFault(write(SafetensorsBytes.file(length, "{" + F32 + "}", bytes(24))), problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[];header is [, expected a JSON object",
        "{}{};header is {, expected nothing but blanks behind its JSON object",
        "nonsense;header is not the expected JSON, the JSON reader says: Unrecognized token",
      })
  void namesAHeaderThatIsNoObject(String header, String problem) throws IOException {
    assertFault(write(SafetensorsBytes.file(header, bytes(0))), problem);
  }

  @Test
  void namesAFileThatIsTooShort() throws IOException {
    assertFault(write(bytes(7)), "file length is 7, expected the length of a header in 8 bytes");
    assertFault(folder.resolve("none"), "cannot be read, no such file or folder");
  }

  @Test
  void refusesDeepNesting() throws IOException {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    assertFault(
        write(SafetensorsBytes.file("{\"__metadata__\":" + deep + "}", bytes(0))),
        "header is not the expected JSON, the JSON reader says: Document nesting depth");
  }

  @Test
  void cutsALongNameInAFault() throws IOException {
    String name = "n".repeat(40_000);
    assertFault(
        write(SafetensorsBytes.file("{\"" + name + "\":1}", bytes(0))), "header of tensor 'nnn");
  }

  /** A name is text; what it does to a terminal is not its business. */
  @Test
  void showsNoControlCharacters() throws IOException {
    assertFault(
        write(SafetensorsBytes.file("{\"a\\u001b[31m\\nb\":1}", bytes(0))),
        "header of tensor 'a\\u001b[31m\\nb' is 1,");
  }

  @Test
  void noticesThatTheFileBecameShorter() throws IOException {
    Path path = write(SafetensorsBytes.file("{" + F32 + "}", bytes(24)));
    try (TensorFile file = SafetensorsFile.open(path)) {
      Files.write(path, new byte[30]);
      assertThatThrownBy(() -> file.read(file.entries().getFirst()))
          .isInstanceOf(InputException.class)
          .hasMessage(path + ": cannot be read, it became shorter while it was read");
    }
  }

  @Test
  void tellsTheStartOfAFile() {
    byte[] file = SafetensorsBytes.file("{}", bytes(0));
    assertThat(SafetensorsFile.starts(file)).isTrue();
    assertThat(SafetensorsFile.starts("PK\3\4 a zip archive".getBytes(StandardCharsets.US_ASCII)))
        .isFalse();
    assertThat(SafetensorsFile.starts(bytes(8))).isFalse();
  }
}
