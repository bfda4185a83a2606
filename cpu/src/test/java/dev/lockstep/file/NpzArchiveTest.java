package dev.lockstep.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.file.TensorFile.Entry;
import dev.lockstep.file.TensorFile.Reading;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrays of an archive that are listed first, among them those that are not read. */
class NpzArchiveTest {

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("a.npz");
  }

  private void write(Object... namesAndContents) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndContents[i] + ".npy"));
        zip.write((byte[]) namesAndContents[i + 1]);
      }
    }
  }

  private static byte[] npy(String descr, String order, String shape, int dataBytes) {
    return NpzFaultTest.npy(
        "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }",
        dataBytes);
  }

  @Test
  void listsArraysOfEveryType() throws IOException {
    write(
        "w",
        npy("'<f4'", "False", "(2, 3)", 24),
        "d",
        npy("'<f8'", "True", "(1, 1, 1, 1, 1, 1, 2)", 16),
        "step",
        npy("'<i8'", "False", "()", 8),
        "half",
        npy("'<f2'", "False", "(99999999999,)", 0),
        "objects",
        npy("'|O'", "False", "(2,)", 5),
        "records",
        npy("[('a', '<f4'), ('b', '<i4', (2,))]", "False", "(0,)", 0));
    try (TensorFile archive = NpzArchive.open(file)) {
      assertThat(archive.entries())
          .containsExactly(
              new Entry("w", "<f4", List.of(2L, 3L), Reading.BINARY32),
              new Entry("d", "<f8", List.of(1L, 1L, 1L, 1L, 1L, 1L, 2L), Reading.BINARY64),
              new Entry("step", "<i8", List.of(), Reading.REFUSED),
              new Entry("half", "<f2", List.of(99999999999L), Reading.REFUSED),
              new Entry("objects", "|O", List.of(2L), Reading.REFUSED),
              new Entry("records", "[(a, <f4), (b, <i4, (2,))]", List.of(0L), Reading.REFUSED));
    }
  }

  /** Column-major, as NumPy writes the transpose of an array: the last index runs slowest. */
  @Test
  void readsColumnMajorValues() throws IOException {
    byte[] content = npy("'<f4'", "True", "(2, 3, 1, 2, 1)", 48);
    ByteBuffer values = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 12; i++) {
      values.putFloat(content.length - 48 + 4 * i, i);
    }
    write("w", content);
    try (NpzArchive archive = NpzArchive.open(file)) {
      NpzFileTest.assertSame(
          archive.read("w"),
          new NpyArray.Floats(
              new int[] {2, 3, 1, 2, 1}, new float[] {0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11}));
      assertThat(archive.read(archive.entries().getFirst()).shape()).isEqualTo("2 x 6");
    }
  }

  @Test
  void readsColumnMajorDoublesWithoutOrWithOneDimensionOfLength() throws IOException {
    byte[] content = npy("'<f8'", "True", "(2,)", 16);
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putDouble(content.length - 8, 7);
    write("a", content, "none", npy("'<f8'", "True", "(0, 3)", 0));
    try (NpzArchive archive = NpzArchive.open(file)) {
      NpzFileTest.assertSame(
          archive.read("a"), new NpyArray.Doubles(new int[] {2}, new double[] {0, 7}));
      assertThat(archive.read("none").count()).isZero();
    }
  }

  @Test
  void namesAShapeThatIsNoTuple() throws IOException {
    write("w", npy("'<f4'", "False", "(2, -3)", 24));
    try (NpzArchive archive = NpzArchive.open(file)) {
      assertThatThrownBy(archive::entries)
          .isInstanceOf(InputException.class)
          .hasMessage(file + ": shape of array 'w' is (2, -3), expected a tuple of lengths");
    }
  }

  @Test
  void aLongHeaderIsRefused() throws IOException {
    String blanks = " ".repeat(30_000);
    write("x", NpzFaultTest.npy("{" + blanks + "'a'" + blanks + "}", 0));
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": header length of array 'x' is 60006, expected at most 10000 bytes");
  }

  /** As in a small archive that would take years to unpack: every entry is the same bytes. */
  @Test
  void namesEntriesThatShareTheirBytes() throws IOException {
    byte[] content = npy("'<f4'", "False", "(1000,)", 4000);
    byte[] values = new byte[4000];
    new Random(1).nextBytes(values);
    System.arraycopy(values, 0, content, content.length - 4000, 4000);
    write("a", content, "b", npy("'<f4'", "False", "(1,)", 4));
    byte[] archive = Files.readAllBytes(file);
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int first = bytes.getInt(archive.length - 22 + 16);
    int second = first + 46 + "a.npy".length();
    // Entry b gets the place, sizes and checksum of entry a.
    System.arraycopy(archive, first + 16, archive, second + 16, 12);
    System.arraycopy(archive, first + 42, archive, second + 42, 4);
    int packed = bytes.getInt(first + 20);
    Files.write(file, archive);
    assertThat(2 * packed).isGreaterThan(archive.length);
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(
            file
                + ": packed size of entries up to 'b' is "
                + 2 * packed
                + ", but the file holds "
                + archive.length
                + " bytes");
  }
}
