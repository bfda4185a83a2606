package dev.lockstep.data;

import static java.util.Objects.requireNonNull;

import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data sets in NumPy .npz files. A file has either features and labels for training and for
 * testing, like {@code mnist.npz} of Keras with x_train, y_train, x_test and y_test, or one table
 * of features and labels, such as x and y, of which a part of the rows is kept for testing. {@link
 * NpzNames} defines the names of the arrays.
 *
 * <p>Features have the type float32, float64, int32, int64 or uint8 and the shape (rows, ...); all
 * dimensions after the first make up a row. A uint8 is divided by 255 and rounded once, as in IDX
 * files. Labels have the type uint8, int32 or int64, or are whole numbers in float32 or float64.
 * Their shape is (rows,) or (rows, 1). A label is a class, counted from 0; the largest training
 * label decides the number of classes, which is at least two.
 */
public final class NpzDataset {

  private final String source;
  private final Map<String, NpyArray> arrays;

  private NpzDataset(String source, Map<String, NpyArray> arrays) {
    this.source = source;
    this.arrays = arrays;
  }

  /**
   * Reads a data set.
   *
   * @param testShare the share of rows for testing, as in {@link CsvFile}; null for the usual
   *     share, or if the file has rows for testing
   * @param scaling how features are scaled
   * @param seed the seed of the split
   * @throws InputException naming the array at fault
   */
  public static Dataset dataset(Path file, @Nullable Double testShare, Scaling scaling, long seed) {
    NpzDataset reading = new NpzDataset(file.toString(), NpzFile.read(file));
    Dataset dataset = reading.of(testShare, seed);
    scaling.apply(dataset.train().features(), dataset.test().features(), dataset.inputs());
    return dataset;
  }

  private Dataset of(@Nullable Double testShare, long seed) {
    NpzNames names = NpzNames.of(source, arrays.keySet());
    Examples train = examples(names.train(), Limits.CLASSES.count());
    return names.test() == null
        ? split(names.train(), train, testShare, seed)
        : parts(train, names.test(), testShare);
  }

  private Dataset split(NpzNames.Pair pair, Examples all, @Nullable Double testShare, long seed) {
    if (all.rows() < 2) {
      throw fault("number of rows of " + pair.x(), all.rows(), "expected at least 2");
    }
    Split split = Split.of(all.rows(), testShare, seed);
    return new Dataset(source, all.inputs(), classes(all), split.train(all), split.test(all));
  }

  private Dataset parts(Examples train, NpzNames.Pair pair, @Nullable Double testShare) {
    if (testShare != null) {
      throw fault(
          "data option test", testShare, "which contradicts " + pair.x() + "; leave it out");
    }
    Examples test = examples(pair, classes(train));
    return new Dataset(source, train.inputs(), classes(train), train, test);
  }

  private static int classes(Examples examples) {
    return Math.max(2, 1 + Arrays.stream(examples.labels()).max().orElse(0));
  }

  private Examples examples(NpzNames.Pair pair, int classes) {
    String x = pair.x();
    String y = pair.y();
    NpyArray features = array(x);
    int[] labels = labels(y, array(y), classes);
    int[] shape = features.shape();
    if (shape[0] != labels.length) {
      throw fault(
          x + "'s shape",
          Arrays.toString(shape),
          "expected " + labels.length + " rows, as " + y + " has labels");
    }
    // Checked before dividing: with no rows, the other lengths may have any product.
    if (labels.length == 0) {
      throw fault("number of rows of " + x, 0, "expected at least 1");
    }
    int inputs = features.count() / labels.length;
    if (shape.length < 2 || inputs == 0) {
      throw fault(x + "'s shape", Arrays.toString(shape), "expected features after the rows");
    }
    return new Examples(numbers(x, features, inputs), labels, inputs);
  }

  private NpyArray array(String name) {
    return requireNonNull(arrays.get(name), name);
  }

  private float[] numbers(String name, NpyArray array, int inputs) {
    return switch (array) {
      case NpyArray.Floats(int[] _, float[] values) -> {
        for (int i = 0; i < values.length; i++) {
          requireFinite(name, i, inputs, values[i]);
        }
        yield values;
      }
      case NpyArray.Doubles(int[] _, double[] values) -> {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
          requireFinite(name, i, inputs, values[i]);
          rounded[i] = (float) values[i];
        }
        yield rounded;
      }
      case NpyArray.Bytes(int[] _, byte[] values) -> Pixels.features(values);
      case NpyArray.Longs(int[] _, long[] values) -> {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
          rounded[i] = values[i];
        }
        yield rounded;
      }
    };
  }

  private void requireFinite(String name, int index, int inputs, double value) {
    if (!Float.isFinite((float) value)) {
      throw fault(
          "feature " + index % inputs + " of " + name + "[" + index / inputs + "]",
          value,
          "expected a number that is finite in binary32");
    }
  }

  private int[] labels(String name, NpyArray array, int classes) {
    int[] shape = array.shape();
    if (shape.length > 2 || shape.length == 2 && shape[1] != 1) {
      throw fault(name + "'s shape", Arrays.toString(shape), "expected one label per row");
    }
    int[] labels = new int[shape[0]];
    for (int row = 0; row < labels.length; row++) {
      long label =
          switch (array) {
            case NpyArray.Bytes(int[] _, byte[] values) -> Byte.toUnsignedInt(values[row]);
            case NpyArray.Longs(int[] _, long[] values) -> values[row];
            case NpyArray.Floats(int[] _, float[] values) -> whole(name, row, values[row]);
            case NpyArray.Doubles(int[] _, double[] values) -> whole(name, row, values[row]);
          };
      if (label < 0 || label >= classes) {
        throw fault(name + "[" + row + "]", label, "expected 0 to " + (classes - 1));
      }
      labels[row] = (int) label;
    }
    return labels;
  }

  private long whole(String name, int row, double label) {
    if (label != Math.rint(label) || Double.isInfinite(label)) {
      throw fault(name + "[" + row + "]", label, "expected the whole number of a class");
    }
    return (long) label;
  }

  private InputException fault(String field, Object value, String problem) {
    return new InputException(source, field, value, problem);
  }
}
