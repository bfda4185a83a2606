package dev.lockstep.data;

import dev.lockstep.input.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Data sets in the IDX files of MNIST and its successors (Fashion-MNIST, KMNIST): a folder with
 *
 * <pre>
 * train-images-idx3-ubyte   train-labels-idx1-ubyte
 * t10k-images-idx3-ubyte    t10k-labels-idx1-ubyte
 * </pre>
 *
 * each plain or with {@code .gz} behind its name; the plain one is taken if both are there. Whether
 * a file is compressed is decided by its first bytes.
 */
public final class IdxFile {

  private IdxFile() {}

  /**
   * Reads a data set.
   *
   * <p>A feature is a pixel divided by 255, rounded once to binary32; a row is an image, row-major.
   * There are as many classes as the largest training label plus one, at least two.
   *
   * @throws InputException if a file is missing, cannot be read or is malformed, if the numbers of
   *     images and labels disagree, if training and test images differ in size, or if a test label
   *     is larger than every training label
   */
  public static Dataset dataset(Path folder) {
    Part train = Part.read(folder, "train");
    Part test = Part.read(folder, "t10k");
    if (!test.size().equals(train.size())) {
      throw new InputException(
          test.imagesFile().toString(),
          "image size",
          test.size(),
          String.format(Locale.ROOT, "expected %s as in %s", train.size(), train.imagesFile()));
    }
    int classes = 2;
    for (byte label : train.labels()) {
      classes = Math.max(classes, Byte.toUnsignedInt(label) + 1);
    }
    checkLabels(test, classes);
    return new Dataset(
        folder.toString(),
        train.images().height() * train.images().width(),
        classes,
        train.examples(),
        test.examples());
  }

  private static void checkLabels(Part test, int classes) {
    byte[] labels = test.labels();
    for (int row = 0; row < labels.length; row++) {
      int label = Byte.toUnsignedInt(labels[row]);
      if (label >= classes) {
        throw new InputException(
            test.labelsFile().toString(),
            "label of row " + row,
            label,
            String.format(Locale.ROOT, "expected 0 to %d as in training", classes - 1));
      }
    }
  }

  /** The two files of the training or the test part. */
  private record Part(Path imagesFile, IdxReader.Images images, Path labelsFile, byte[] labels) {

    static Part read(Path folder, String prefix) {
      Path imagesFile = find(folder, prefix + "-images-idx3-ubyte");
      Path labelsFile = find(folder, prefix + "-labels-idx1-ubyte");
      IdxReader.Images images = IdxReader.images(imagesFile);
      byte[] labels = IdxReader.labels(labelsFile);
      if (labels.length != images.count()) {
        throw new InputException(
            labelsFile.toString(),
            "number of labels",
            labels.length,
            String.format(Locale.ROOT, "expected %d as in %s", images.count(), imagesFile));
      }
      return new Part(imagesFile, images, labelsFile, labels);
    }

    private static Path find(Path folder, String name) {
      Path plain = folder.resolve(name);
      Path compressed = folder.resolve(name + ".gz");
      if (Files.exists(plain)) {
        return plain;
      }
      if (Files.exists(compressed)) {
        return compressed;
      }
      throw new InputException(
          folder.toString(), "file " + name, "missing", "expected it plain or with .gz");
    }

    String size() {
      return images.height() + " x " + images.width();
    }

    Examples examples() {
      int[] classes = new int[labels.length];
      for (int row = 0; row < labels.length; row++) {
        classes[row] = Byte.toUnsignedInt(labels[row]);
      }
      return new Examples(
          Pixels.features(images.pixels()), classes, images.height() * images.width());
    }
  }
}
