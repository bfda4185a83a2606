package dev.lockstep.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpzFaultTest {

  private static final String GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("faulty.npz");
  }

  private void assertFault(String problem) {
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": " + problem);
  }

  /** An array with this header and this many bytes of values. */
  static byte[] npy(String header, int dataBytes) {
    byte[] text = (header + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(10 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) text.length)
        .put(text)
        .array();
  }

  private void writeZip(String entry, byte[] content) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content);
    }
  }

  @Test
  void theGoodHeaderIsGood() throws IOException {
    writeZip("w.npy", npy(GOOD, 24));
    assertThat(NpzFileTest.named(NpzFile.read(file), "w").shape()).containsExactly(2, 3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "'descr': '<f4';'descr': '>f4';dtype of array 'w' is '>f4', expected '<f4', '<f8', '|u1',"
            + " '<i4' or '<i8'",
        "'<f4';[('a', '<f4')];dtype of array 'w' is [('a', '<f4')], expected '<f4', '<f8', '|u1',"
            + " '<i4' or '<i8'",
        "'descr': '<f4';'descr': '<i2';dtype of array 'w' is '<i2', expected '<f4', '<f8', '|u1',"
            + " '<i4' or '<i8'",
        "False;'False';fortran_order of array 'w' is 'False', expected True or False",
        "(2, 3);();shape of array 'w' is (), expected one to five lengths",
        "(2, 3);(2, 3, 1, 1, 1, 1);shape of array 'w' is (2, 3, 1, 1, 1, 1), expected one to five"
            + " lengths",
        "(2, 3);(-2, -3);shape of array 'w' is (-2, -3), expected a tuple of lengths",
        "(2, 3);(99999999999,);shape of array 'w' is (99999999999,), "
            + "expected at most 2147483639 values",
        "(2, 3);(2147483640,);shape of array 'w' is (2147483640,), "
            + "expected at most 2147483639 values",
        "(2, 3);(65536, 65536);shape of array 'w' is (65536, 65536), "
            + "expected at most 2147483639 values",
        "(2, 3);(9999999999, 9999999999);shape of array 'w' is (9999999999, 9999999999), "
            + "expected at most 2147483639 values",
        "(2, 3);(536870912,);shape of array 'w' is (536870912,), "
            + "expected 2147483648 bytes of values, but there are 24",
        "(2, 3);(2, 4);shape of array 'w' is (2, 4), "
            + "expected 32 bytes of values, but there are 24",
        "(2, 3);(5,);shape of array 'w' is (5,), expected 20 bytes of values, but there are 24",
        "<f4;<f8;shape of array 'w' is (2, 3), expected 48 bytes of values, but there are 24"
      })
  void namesAFaultyHeaderField(String part, String replacement, String problem) throws IOException {
    writeZip("w.npy", npy(GOOD.replace(part, replacement), 24));
    assertFault(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "nothing",
        "{}",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': True}",
        "{'descr': '<f4' 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': [['a', '<f4']], 'fortran_order': False, 'shape': (2, 3)}"
      })
  void namesAHeaderThatIsNoDictionaryOfTheThreeKeys(String header) throws IOException {
    writeZip("w.npy", npy(header, 24));
    String shown = header.length() <= 80 ? header : header.substring(0, 80) + "...";
    assertFault(
        "header of array 'w' is "
            + shown
            + ", expected a dictionary of descr, fortran_order and shape");
  }

  @Test
  void acceptsKeysInAnyOrder() throws IOException {
    writeZip("w.npy", npy("{'shape':(6,),'descr':'<f4','fortran_order':False}", 24));
    assertThat(NpzFileTest.named(NpzFile.read(file), "w").shape()).containsExactly(6);
  }

  @Test
  void namesAWrongStart() throws IOException {
    writeZip("w.npy", "not an array".getBytes(StandardCharsets.US_ASCII));
    assertFault(
        "start of array 'w' is 6e6f7420616e20617272, "
            + "expected 934e554d50590100 (.npy version 1.0) and a length");
  }

  @Test
  void namesAnUnknownVersion() throws IOException {
    byte[] content = npy(GOOD, 24);
    content[6] = 2;
    writeZip("w.npy", content);
    assertFault(
        "start of array 'w' is 934e554d505902003c00, "
            + "expected 934e554d50590100 (.npy version 1.0) and a length");
  }

  @Test
  void namesAnEmptyEntry() throws IOException {
    writeZip("w.npy", new byte[0]);
    assertFault(
        "start of array 'w' is empty, expected 934e554d50590100 (.npy version 1.0) and a length");
  }

  @Test
  void namesAHeaderLengthBeyondTheEntry() throws IOException {
    writeZip("w.npy", Arrays.copyOf(npy(GOOD, 0), 20));
    assertFault("header length of array 'w' is 60, but only 10 bytes follow");
  }

  @Test
  void namesAnEntryThatIsNoArray() throws IOException {
    writeZip("readme.txt", new byte[] {1});
    assertFault("entry name is 'readme.txt', expected *.npy");
  }

  @Test
  void namesARepeatedArray() throws IOException {
    NpyArray array = new NpyArray.Floats(new int[] {1}, new float[1]);
    NpzFile.write(file, Map.of("a", array, "b", array));
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    Files.writeString(file, content.replace("b.npy", "a.npy"), StandardCharsets.ISO_8859_1);
    assertFault("array name 'a' is repeated, expected it once");
  }

  @Test
  void namesAChangedValueByItsChecksum() throws IOException {
    NpzFile.write(file, Map.of("w", new NpyArray.Floats(new int[] {1}, new float[] {1.25f})));
    byte[] content = Files.readAllBytes(file);
    int value = new String(content, StandardCharsets.ISO_8859_1).indexOf("\u00a0?");
    content[value]++;
    Files.write(file, content);
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageMatching(".*: checksum of array 'w' is 0x[0-9a-f]{8}, expected 0x[0-9a-f]{8}");
  }

  @Test
  void namesAFileThatIsNoArchive() throws IOException {
    Files.write(file, new byte[1000]);
    assertFault(
        "content is not an intact zip archive, the zip reader says: zip END header not found");
  }

  @Test
  void namesAMissingFile() {
    assertFault("cannot be read, no such file or folder");
  }

  /** A deflated entry whose directory and header promise 4 GB that its stream does not have. */
  @Test
  void claimsNoMemoryForAPromise() throws IOException {
    int promised = 1_000_000_000;
    byte[] content = npy(GOOD.replace("(2, 3)", "(" + promised + ",)"), 1000);
    writeZip("w.npy", content);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer archive = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int directory = archive.getInt(bytes.length - 22 + 16);
    archive.putInt(directory + 24, content.length - 1000 + 4 * promised);
    Files.write(file, bytes);
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageMatching(
            ".*: entry size of array 'w' is 40000000[0-9]+, but its [0-9]+ packed bytes can hold at"
                + " most 1032 times as many");
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
  }

  /** A promise that the packed bytes could keep, but do not. */
  @Test
  void namesAnEntryThatIsShorterThanItsPromise() throws IOException {
    byte[] content = npy(GOOD.replace("(2, 3)", "(10000,)"), 1000);
    writeZip("w.npy", content);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer archive = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int directory = archive.getInt(bytes.length - 22 + 16);
    archive.putInt(directory + 24, content.length - 1000 + 4 * 10_000);
    Files.write(file, bytes);
    assertFault("entry of array 'w' is cut short, expected 39000 more bytes");
  }

  @Test
  void anyCutIsAFault() throws IOException {
    byte[] content = twoArrays();
    for (int length = 0; length < content.length; length++) {
      Files.write(file, Arrays.copyOf(content, length));
      assertThatThrownBy(() -> NpzFile.read(file), "cut to %d bytes", length)
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file + ": ");
    }
  }

  /** Names and time stamps have no checksum; values and shapes have. */
  @Test
  void noChangedByteChangesAValue() throws IOException {
    byte[] content = twoArrays();
    int faults = 0;
    for (int at = 0; at < content.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = content.clone();
        changed[at] ^= (byte) (1 << bit);
        Files.write(file, changed);
        try {
          NpyArray[] read = NpzFile.read(file).values().toArray(NpyArray[]::new);
          assertThat(read).as("bit %d of byte %d", bit, at).hasSize(2);
          NpzFileTest.assertSame(read[0], ARRAY_A);
          NpzFileTest.assertSame(read[1], ARRAY_B);
        } catch (InputException e) {
          faults++;
        }
      }
    }
    assertThat(faults).isGreaterThan(8 * 2 * 128);
  }

  private static final NpyArray ARRAY_A =
      new NpyArray.Floats(new int[] {2, 2}, new float[] {1, 2, 3, 4});
  private static final NpyArray ARRAY_B =
      new NpyArray.Doubles(new int[] {2}, new double[] {-1, 0.5});

  private byte[] twoArrays() throws IOException {
    NpzFile.write(file, Map.of("a", ARRAY_A, "b", ARRAY_B));
    return Files.readAllBytes(file);
  }
}
