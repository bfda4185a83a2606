package dev.lockstep.data;

import dev.lockstep.input.InputException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Data sets in the IDX files of MNIST and its successors (Fashion-MNIST, KMNIST). A folder has
 *
 * <pre>
 * train-images-idx3-ubyte   train-labels-idx1-ubyte
 * t10k-images-idx3-ubyte    t10k-labels-idx1-ubyte
 * </pre>
 *
 * each with or without {@code .gz} after its name. The name without it is preferred. The first
 * bytes of a file decide whether it is compressed.
 */
public final class IdxFile {

  private IdxFile() {}

  /**
   * Reads a data set.
   *
   * <p>A feature is a pixel divided by 255, rounded once to binary32. A row is an image, row-major.
   * The number of classes is the largest training label plus one, at least two.
   *
   * @throws InputException if a file is missing, unreadable or malformed, if the numbers of images
   *     and labels disagree, if training and test images differ in size, or if a test label exceeds
   *     every training label
   */
  public static Dataset dataset(Path folder) {
    Part train = Part.read(folder, "train");
    Part test = Part.read(folder, "t10k");
    if (!test.size().equals(train.size())) {
      throw new InputException(
          test.imagesFile().toString(),
          "image size",
          test.size(),
          "expected " + train.size() + " as in " + train.imagesFile());
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
            "expected 0 to " + (classes - 1) + " as in training");
      }
    }
  }

  /** The two files of the training or the test part. */
  private record Part(Path imagesFile, IdxReader.Images images, Path labelsFile, byte[] labels) {

    static Part read(Path folder, String prefix) {
      Path imagesFile = find(folder, prefix + "-images-idx3-ubyte");
      IdxReader.Images images = IdxReader.images(imagesFile);
      Path labelsFile = find(folder, prefix + "-labels-idx1-ubyte");
      byte[] labels = IdxReader.labels(labelsFile);
      if (labels.length != images.count()) {
        throw new InputException(
            labelsFile.toString(),
            "number of labels",
            labels.length,
            "expected " + images.count() + " as in " + imagesFile);
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
