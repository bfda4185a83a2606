package dev.lockstep.data;

import dev.lockstep.model.InputException;
import dev.lockstep.model.NpyArray;
import dev.lockstep.model.NpzFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data sets in NumPy .npz files: arrays x_train, y_train, x_test and y_test, as the {@code
 * mnist.npz} of Keras has them, or x and y, part of whose rows are kept for testing.
 *
 * <p>Features are float32, float64 or uint8 of shape (rows, ...), the lengths after the first
 * making up a row. A uint8 is divided by 255 and rounded once, as IDX files are read. Labels are
 * uint8, int32 or int64 of shape (rows,) or (rows, 1), classes from 0; there are as many classes as
 * the largest training label plus one, at least two.
 */
public final class NpzDataset {

  private static final float LARGEST_PIXEL = 255;
  private static final int MOST_CLASSES = 1000;
  private static final List<String> PARTS = List.of("x_train", "y_train", "x_test", "y_test");
  private static final List<String> WHOLE = List.of("x", "y");

  private final String source;
  private final Map<String, NpyArray> arrays;

  private NpzDataset(String source, Map<String, NpyArray> arrays) {
    this.source = source;
    this.arrays = arrays;
  }

  /**
   * Reads a data set.
   *
   * @param testShare of the rows of x and y, as {@link CsvFile} splits them
   * @param scaling of the features
   * @param seed of the split
   * @throws InputException naming the array of what is wrong
   */
  public static Dataset dataset(Path file, double testShare, Scaling scaling, long seed) {
    NpzDataset reading = new NpzDataset(file.toString(), new LinkedHashMap<>(NpzFile.read(file)));
    Dataset dataset = reading.of(testShare, seed);
    scaling.apply(dataset.train().features(), dataset.test().features(), dataset.inputs());
    return dataset;
  }

  private Dataset of(double testShare, long seed) {
    List<String> names = List.copyOf(arrays.keySet());
    boolean whole = names.size() == WHOLE.size() && names.containsAll(WHOLE);
    if (!whole && !(names.size() == PARTS.size() && names.containsAll(PARTS))) {
      throw new InputException(
          source,
          "arrays",
          String.join(", ", names),
          "expected %s, or %s".formatted(String.join(", ", PARTS), String.join(", ", WHOLE)));
    }
    Examples train = whole ? examples("x", "y") : examples("x_train", "y_train");
    Examples test = train;
    if (!whole) {
      test = examples("x_test", "y_test");
    } else {
      if (train.rows() < 2) {
        throw new InputException(source, "number of rows", train.rows(), "expected at least 2");
      }
      Split split = Split.of(train.rows(), testShare, seed);
      test = rows(train, split.test());
      train = rows(train, split.train());
    }
    int classes = Math.max(2, 1 + Arrays.stream(train.labels()).max().orElse(0));
    return new Dataset(source, train.inputs(), classes, train, test);
  }

  private Examples examples(String x, String y) {
    NpyArray features = array(x);
    int[] labels = labels(y, array(y));
    int[] shape = features.shape();
    if (shape.length < 2 || shape[0] != labels.length) {
      throw new InputException(
          source,
          x + "'s shape",
          Arrays.toString(shape),
          "expected %d rows as %s has, and features".formatted(labels.length, y));
    }
    int inputs = Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
    if (inputs == 0) {
      throw new InputException(source, x + "'s shape", Arrays.toString(shape), "expected features");
    }
    return new Examples(numbers(x, features), labels, inputs);
  }

  private NpyArray array(String name) {
    @Nullable NpyArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalStateException(name);
    }
    return array;
  }

  private float[] numbers(String name, NpyArray array) {
    return switch (array) {
      case NpyArray.Floats(int[] _, float[] values) -> values;
      case NpyArray.Doubles(int[] _, double[] values) -> {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
          rounded[i] = (float) values[i];
        }
        yield rounded;
      }
      case NpyArray.Bytes(int[] _, byte[] values) -> {
        float[] pixels = new float[values.length];
        for (int i = 0; i < values.length; i++) {
          pixels[i] = Byte.toUnsignedInt(values[i]) / LARGEST_PIXEL;
        }
        yield pixels;
      }
      case NpyArray.Longs _ ->
          throw new InputException(
              source, name + "'s type", "int32 or int64", "expected float32, float64 or uint8");
    };
  }

  private int[] labels(String name, NpyArray array) {
    int[] shape = array.shape();
    if (shape.length > 2 || shape.length == 2 && shape[1] != 1) {
      throw new InputException(
          source, name + "'s shape", Arrays.toString(shape), "expected one label a row");
    }
    int[] labels = new int[shape[0]];
    for (int row = 0; row < labels.length; row++) {
      long label =
          switch (array) {
            case NpyArray.Bytes(int[] _, byte[] values) -> Byte.toUnsignedInt(values[row]);
            case NpyArray.Longs(int[] _, long[] values) -> values[row];
            case NpyArray.Floats _, NpyArray.Doubles _ ->
                throw new InputException(
                    source, name + "'s type", "float", "expected uint8, int32 or int64");
          };
      if (label < 0 || label >= MOST_CLASSES) {
        throw new InputException(
            source, "%s[%d]".formatted(name, row), label, "expected 0 to " + (MOST_CLASSES - 1));
      }
      labels[row] = (int) label;
    }
    return labels;
  }

  private static Examples rows(Examples all, int[] chosen) {
    int inputs = all.inputs();
    float[] features = new float[Math.multiplyExact(chosen.length, inputs)];
    int[] labels = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(all.features(), chosen[i] * inputs, features, i * inputs, inputs);
      labels[i] = all.labels()[chosen[i]];
    }
    return new Examples(features, labels, inputs);
  }
}
