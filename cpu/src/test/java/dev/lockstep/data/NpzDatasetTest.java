package dev.lockstep.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import dev.lockstep.input.InputException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NpzDatasetTest {

  private static final long SEED = 7;

  @TempDir Path temp;

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(Objects.requireNonNull(NpzDatasetTest.class.getResource(name)).toURI());
  }

  private static Dataset read(Path file) {
    return NpzDataset.dataset(file, null, Scaling.NONE, SEED);
  }

  /** As {@link IdxFile} reads the same images. */
  @Test
  void partsAndPixelsAreThoseOfKeras() throws URISyntaxException {
    Dataset data = read(resource("images.npz"));
    assertThat(data.inputs()).isEqualTo(4);
    assertThat(data.classes()).isEqualTo(3);
    assertThat(data.train().labels()).containsExactly(0, 2, 1);
    assertThat(data.train().features()).startsWith(0f, 51f / 255f, 102f / 255f, 1f, 1f / 255f);
    assertThat(data.test().labels()).containsExactly(1);
    assertThat(data.test().features()).containsExactly(1f, 204f / 255f, 153f / 255f, 0f);
  }

  @Test
  void oneTableIsSplitAsTextIs() throws URISyntaxException {
    for (String name : new String[] {"table.npz", "table-compressed.npz"}) {
      Dataset data = NpzDataset.dataset(resource(name), 0.3, Scaling.NONE, SEED);
      assertThat(data.train().rows()).isEqualTo(7);
      assertThat(data.test().rows()).isEqualTo(3);
      Split split = Split.of(10, 0.3, SEED);
      for (int i = 0; i < 3; i++) {
        int row = split.test()[i];
        assertThat(data.test().labels()[i]).isEqualTo(row % 3);
        assertThat(data.test().features()[2 * i]).isEqualTo(row / 4f);
        assertThat(data.test().features()[2 * i + 1]).isEqualTo(row / 4f + 0.125f);
      }
    }
  }

  @Test
  void featuresAreScaledByTheTrainingRows() throws URISyntaxException {
    Dataset data = NpzDataset.dataset(resource("table.npz"), 0.3, Scaling.MINMAX, SEED);
    float least = Float.POSITIVE_INFINITY;
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : data.train().features()) {
      least = Math.min(least, value);
      largest = Math.max(largest, value);
    }
    assertThat(least).isZero();
    assertThat(largest).isEqualTo(1f);
  }

  private static Object[] threeTables() {
    return new Object[] {"x", floats(3, 2), "data", floats(3, 2), "y", labels(0, 1, 0)};
  }

  @ParameterizedTest
  @CsvSource({
    "X,y",
    "x,Y",
    "data,target",
    "features,labels",
    "images,label",
    "inputs,targets",
    "DATA,Labels"
  })
  void oneTableHasTheUsualNames(String x, String y) {
    Path file = temp.resolve("named.npz");
    // In the order of the file labels may come first.
    NpzFile.write(
        file,
        Map.of(
            x,
            new NpyArray.Longs(new int[] {4, 2}, new long[] {0, 1, 2, 3, 4, 5, 6, 7}),
            y,
            new NpyArray.Floats(new int[] {4}, new float[] {0, 2, 1, 0})));
    Dataset data = NpzDataset.dataset(file, 0.5, Scaling.NONE, SEED);
    assertThat(data.inputs()).isEqualTo(2);
    assertThat(data.classes()).isEqualTo(3);
    for (Examples part : new Examples[] {data.train(), data.test()}) {
      for (int i = 0; i < part.rows(); i++) {
        int row = (int) part.features()[2 * i] / 2;
        assertThat(part.features()[2 * i + 1]).isEqualTo(2 * row + 1);
        assertThat(part.labels()[i]).isEqualTo(row == 1 ? 2 : row == 2 ? 1 : 0);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"X_train,y_train,X_test,y_test", "train_images,train_labels,test_images,test_labels"})
  void twoTablesHaveTheUsualNames(String x, String y, String xTest, String yTest) {
    Path file = temp.resolve("named.npz");
    NpzFile.write(
        file,
        Map.of(x, floats(3, 2), y, labels(0, 1, 2), xTest, floats(2, 2), yTest, labels(2, 0)));
    Dataset data = read(file);
    assertThat(data.train().labels()).containsExactly(0, 1, 2);
    assertThat(data.test().labels()).containsExactly(2, 0);
  }

  private void refused(String sentence, Object... namesAndArrays) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (int i = 0; i < namesAndArrays.length; i += 2) {
      arrays.put((String) namesAndArrays[i], (NpyArray) namesAndArrays[i + 1]);
    }
    Path file = temp.resolve("data.npz");
    NpzFile.write(file, arrays);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": " + sentence);
  }

  private static NpyArray floats(int... shape) {
    int count = 1;
    for (int length : shape) {
      count *= length;
    }
    return new NpyArray.Floats(shape, new float[count]);
  }

  private static NpyArray labels(long... values) {
    return new NpyArray.Longs(new int[] {values.length}, values);
  }

  @Test
  void namesWhatIsWrong() {
    String expected =
        ", expected features and labels: x and y (or data and target, features and labels), or"
            + " x_train, y_train, x_test and y_test";
    refused("arrays is x" + expected, "x", floats(3, 2));
    refused("arrays is data, x, y" + expected, threeTables());
    refused(
        "arrays is x, y, z" + expected, "x", floats(3, 2), "y", labels(0, 1, 0), "z", floats(3));
    refused("arrays is X, x_train" + expected, "X", floats(3, 2), "x_train", floats(3, 2));
    refused(
        "x's shape is [2, 2], expected 3 rows, as y has labels",
        "x",
        floats(2, 2),
        "y",
        labels(0, 1, 0));
    refused(
        "x's shape is [3], expected features after the rows", "x", floats(3), "y", labels(0, 1, 0));
    refused(
        "x's shape is [3, 0], expected features after the rows",
        "x",
        floats(3, 0),
        "y",
        labels(0, 1, 0));
    refused(
        "y[1] is 0.5, expected the whole number of a class",
        "x",
        floats(3, 1),
        "y",
        new NpyArray.Floats(new int[] {3}, new float[] {1, 0.5f, 0}));
    refused(
        "y[0] is NaN, expected the whole number of a class",
        "x",
        floats(1, 1),
        "y",
        new NpyArray.Doubles(new int[] {1}, new double[] {Double.NaN}));
    refused(
        "y's shape is [3, 2], expected one label per row",
        "x",
        floats(3, 1),
        "y",
        new NpyArray.Longs(new int[] {3, 2}, new long[6]));
    refused("y[1] is -1, expected 0 to 999", "x", floats(3, 1), "y", labels(0, -1, 1));
    refused("y[2] is 1000, expected 0 to 999", "x", floats(3, 1), "y", labels(0, 1, 1000));
    refused("number of rows of x is 1, expected at least 2", "x", floats(1, 1), "y", labels(0));
    refused(
        "feature 0 of x_train[0] is NaN, expected a number that is finite in binary32",
        "x_train",
        new NpyArray.Floats(new int[] {1, 1}, new float[] {Float.NaN}),
        "y_train",
        labels(1),
        "x_test",
        floats(1, 1),
        "y_test",
        labels(1));
    refused(
        "y_test[0] is 2, expected 0 to 1",
        "x_train",
        floats(1, 1),
        "y_train",
        labels(1),
        "x_test",
        floats(1, 1),
        "y_test",
        labels(2));
    refused(
        "number of inputs of a test row is 2, expected 1",
        "x_train",
        floats(1, 1),
        "y_train",
        labels(1),
        "x_test",
        floats(1, 2),
        "y_test",
        labels(1));
    refused(
        "number of rows of x_test is 0, expected at least 1",
        "x_train",
        floats(1, 1),
        "y_train",
        labels(1),
        "x_test",
        floats(0, 1),
        "y_test",
        labels());
  }

  /** Lengths whose product is zero, but for which no int has room on the way. */
  @Test
  void refusesNoRowsOfAnySize() {
    refused(
        "number of rows of x is 0, expected at least 1",
        "x",
        new NpyArray.Floats(new int[] {0, 65536, 65536}, new float[0]),
        "y",
        labels());
    refused(
        "x's shape is [1, 0, 65536, 65536], expected features after the rows",
        "x",
        new NpyArray.Floats(new int[] {1, 0, 65536, 65536}, new float[0]),
        "y",
        labels(0));
  }

  @Test
  void namesWhatIsTooLargeForBinary32AsTheFileHasIt() {
    refused(
        "feature 1 of x[2] is 1.0E300, expected a number that is finite in binary32",
        "x",
        new NpyArray.Doubles(new int[] {3, 2}, new double[] {0, 0, 0, 0, 0, 1e300}),
        "y",
        labels(0, 1, 0));
  }

  /** Whichever part the one row of the last class falls into. */
  @Test
  void classesDoNotDependOnTheSplit() {
    Path file = temp.resolve("rare.npz");
    NpzFile.write(file, Map.of("x", floats(10, 1), "y", labels(0, 1, 0, 1, 0, 1, 0, 1, 0, 2)));
    for (long seed = 0; seed < 20; seed++) {
      assertThat(NpzDataset.dataset(file, null, Scaling.NONE, seed).classes()).isEqualTo(3);
    }
  }

  @Test
  void aShareOfRowsContradictsTestRows() throws URISyntaxException {
    Path file = resource("images.npz");
    assertThatThrownBy(() -> NpzDataset.dataset(file, 0.3, Scaling.NONE, SEED))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": data option test is 0.3, which contradicts x_test; leave it out");
  }
}
