package dev.lockstep.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Makes the bytes of IDX files, well-formed or not. */
final class IdxBytes {

  static final int IMAGES = 0x0803;
  static final int LABELS = 0x0801;

  private IdxBytes() {}

  /** The header words, then the elements. */
  static byte[] idx(int[] header, int... elements) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * header.length + elements.length);
    for (int word : header) {
      bytes.putInt(word);
    }
    for (int element : elements) {
      bytes.put((byte) element);
    }
    return bytes.array();
  }

  static byte[] labels(int... labels) {
    return idx(new int[] {LABELS, labels.length}, labels);
  }

  /** Images of 2 x 3 pixels. */
  static byte[] images(int... pixels) {
    return idx(new int[] {IMAGES, pixels.length / 6, 2, 3}, pixels);
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }

  /** Two training images and one test image of 2 x 3 pixels, labels 0, 2 and 1. */
  static void writeDataset(Path folder) throws IOException {
    Files.write(
        folder.resolve("train-images-idx3-ubyte"),
        images(0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255));
    Files.write(folder.resolve("train-labels-idx1-ubyte"), labels(0, 2));
    Files.write(folder.resolve("t10k-images-idx3-ubyte"), images(9, 8, 7, 6, 5, 4));
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), labels(1));
  }
}
