package dev.lockstep.data;

import static dev.lockstep.data.IdxBytes.IMAGES;
import static dev.lockstep.data.IdxBytes.LABELS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest {

  private static final int[] PIXELS = IntStream.range(0, 12).toArray();

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("file");
  }

  private void assertImagesFault(byte[] content, String problem) throws IOException {
    Files.write(file, content);
    assertThatThrownBy(() -> IdxReader.images(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": " + problem);
  }

  private void assertLabelsFault(byte[] content, String problem) throws IOException {
    Files.write(file, content);
    assertThatThrownBy(() -> IdxReader.labels(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": " + problem);
  }

  private static byte[] images(int... header) {
    return IdxBytes.idx(header, PIXELS);
  }

  @Test
  void readsImages() throws IOException {
    Files.write(file, IdxBytes.images(PIXELS));
    IdxReader.Images images = IdxReader.images(file);
    assertThat(images.count()).isEqualTo(2);
    assertThat(images.height()).isEqualTo(2);
    assertThat(images.width()).isEqualTo(3);
    assertThat(images.pixels()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  @Test
  void readsLabels() throws IOException {
    Files.write(file, IdxBytes.gzip(IdxBytes.labels(3, 1, 255)));
    assertThat(IdxReader.labels(file)).containsExactly(3, 1, -1);
  }

  @Test
  void namesAWrongMagicNumber() throws IOException {
    assertImagesFault(
        images(0x0802, 2, 6, 0), "magic number is 0x00000802, expected 0x00000803 (images)");
    assertImagesFault(
        IdxBytes.labels(1, 2, 3, 4, 5, 6, 7, 8),
        "magic number is 0x00000801, expected 0x00000803 (images)");
    assertImagesFault(
        images(0x504b_0304, 2, 2, 3), "magic number is 0x504b0304, expected 0x00000803 (images)");
    assertLabelsFault(
        IdxBytes.images(PIXELS), "magic number is 0x00000803, expected 0x00000801 (labels)");
  }

  @Test
  void namesAWrongElementType() throws IOException {
    assertImagesFault(
        images(0x0d03, 2, 2, 3), "element type is 0x0d, expected 0x08 (unsigned byte)");
    assertLabelsFault(
        IdxBytes.idx(new int[] {0x0901, 1}, 1),
        "element type is 0x09, expected 0x08 (unsigned byte)");
  }

  @Test
  void namesADimensionOfZero() throws IOException {
    assertImagesFault(images(IMAGES, 0, 2, 3), "number of images is 0, expected 1 to 2147483639");
    assertImagesFault(images(IMAGES, 2, 0, 3), "image height is 0, expected 1 to 2147483639");
    assertImagesFault(images(IMAGES, 2, 2, 0), "image width is 0, expected 1 to 2147483639");
    assertLabelsFault(
        IdxBytes.idx(new int[] {LABELS, 0}), "number of labels is 0, expected 1 to 2147483639");
  }

  @Test
  void namesAnAbsurdDimension() throws IOException {
    assertImagesFault(
        images(IMAGES, -1, 2, 3), "number of images is 4294967295, expected 1 to 2147483639");
    assertLabelsFault(
        IdxBytes.idx(new int[] {LABELS, 0x8000_0000}),
        "number of labels is 2147483648, expected 1 to 2147483639");
  }

  @Test
  void namesASizeThatOverflows() throws IOException {
    assertImagesFault(
        images(IMAGES, 65_536, 65_536, 1),
        "size is 65536 x 65536 x 1, expected at most 2147483639 bytes");
    // 2^66, which is 0 in 64 bits.
    assertImagesFault(
        images(IMAGES, 1 << 22, 1 << 22, 1 << 22),
        "size is 4194304 x 4194304 x 4194304, expected at most 2147483639 bytes");
  }

  @Test
  void namesALengthThatDisagreesWithTheHeader() throws IOException {
    assertImagesFault(
        images(IMAGES, 2, 2, 4), "file length is 28, expected 32 (images of 2 x 2 x 4)");
    assertImagesFault(
        images(IMAGES, 1, 2, 3), "file length is 28, expected 22 (images of 1 x 2 x 3)");
    assertImagesFault(
        images(IMAGES, 2_000_000_000, 1, 1),
        "file length is 28, expected 2000000016 (images of 2000000000 x 1 x 1)");
    assertLabelsFault(
        IdxBytes.idx(new int[] {LABELS, 3}, 1, 2), "file length is 10, expected 11 (labels of 3)");
  }

  @Test
  void namesAnUnpackedLengthThatDisagreesWithTheHeader() throws IOException {
    assertImagesFault(
        IdxBytes.gzip(images(IMAGES, 2, 2, 4)),
        "unpacked length is 28, expected 32 (images of 2 x 2 x 4)");
    assertImagesFault(
        IdxBytes.gzip(images(IMAGES, 1, 2, 3)),
        "unpacked length is more than 22, expected 22 (images of 1 x 2 x 3)");
    assertImagesFault(
        IdxBytes.gzip(images(IMAGES, 2_000_000_000, 1, 1)),
        "size is 2000000000 x 1 x 1, but the 43 bytes of the file can hold at most 1032 times as"
            + " many");
    assertImagesFault(
        IdxBytes.gzip(images(IMAGES, 1000, 2, 3)),
        "unpacked length is 28, expected 6016 (images of 1000 x 2 x 3)");
  }

  @Test
  void namesASizeThatDoesNotFitTheMemory() throws IOException {
    byte[] compressed = IdxBytes.gzip(images(IMAGES, 2_147_483, 1000, 1));
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(compressed);
      out.write(new byte[3_000_000]);
    }
    assumeThat(Runtime.getRuntime().maxMemory()).isLessThan(5L * 2_147_483_000);
    long before = THREAD.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> IdxReader.images(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + ": size is 2147483 x 1000 x 1, expected one that fits");
    assertThat(THREAD.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
  }

  @Test
  void namesAShortHeader() throws IOException {
    assertImagesFault(new byte[0], "file length is 0, expected at least 16 (header of images)");
    assertImagesFault(
        IdxBytes.idx(new int[] {IMAGES, 2, 2}),
        "file length is 12, expected at least 16 (header of images)");
    assertImagesFault(
        IdxBytes.gzip(new byte[3]),
        "unpacked length is 3, expected at least 16 (header of images)");
  }

  @Test
  void namesADamagedStream() throws IOException {
    byte[] compressed = IdxBytes.gzip(IdxBytes.images(PIXELS));
    compressed[compressed.length - 8]++;
    assertImagesFault(
        compressed, "gzip stream is damaged, the gzip reader says: Corrupt GZIP trailer");
  }

  @Test
  void namesAMissingFile() {
    assertThatThrownBy(() -> IdxReader.images(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": cannot be read, no such file or folder");
  }

  @Test
  void anyCutIsAFault() throws IOException {
    byte[] plain = IdxBytes.images(PIXELS);
    for (byte[] content : new byte[][] {plain, IdxBytes.gzip(plain)}) {
      for (int length = 0; length < content.length; length++) {
        Files.write(file, Arrays.copyOf(content, length));
        assertThatThrownBy(() -> IdxReader.images(file), "cut to %d bytes", length)
            .isInstanceOf(InputException.class)
            .hasMessageStartingWith(file + ": ");
      }
    }
  }

  /** Sixty-four megabytes of zeros behind two images. */
  @Test
  void unpacksNoMoreThanTheHeaderPromises() throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(IdxBytes.images(PIXELS));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        out.write(zeros);
      }
    }
    long before = THREAD.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> IdxReader.images(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": unpacked length is more than 28, expected 28 (images of 2 x 2 x 3)");
    assertThat(THREAD.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
  }

  @Test
  void claimsNoMemoryForAPromise() throws IOException {
    byte[] compressed = IdxBytes.gzip(images(IMAGES, 2_000_000_000, 1, 1));
    long before = THREAD.getCurrentThreadAllocatedBytes();
    assertImagesFault(
        compressed,
        "size is 2000000000 x 1 x 1, but the 43 bytes of the file can hold at most 1032 times as"
            + " many");
    assertThat(THREAD.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000_000);
  }
}
