package dev.lockstep.data;

import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.util.Arrays;

/**
 * Synthetic data of any width, labelled by a fixed random network with one hidden layer.
 *
 * <h2>Definition</h2>
 *
 * Results depend on every bit of this definition. All draws are from {@link Stream#TEACHER}. Sums
 * start at +0 and ascend; each product and each sum is rounded to binary64.
 *
 * <ul>
 *   <li>Features: uniform on [-1, 1), snapped down to a multiple of 2^-8, so that float formats of
 *       at least 9 significand bits hold them exactly. Feature i of row r is {@code (floor(512 u) -
 *       256) / 256} with the uniform u of layer 0, index {@code r inputs + i}; test rows are
 *       numbered after the training rows.
 *   <li>Hidden unit h of 32: {@code tanh((sum over i of W[i][h] x[i]) (3 / sqrt(inputs)))}, W[i][h]
 *       the normal of layer 1, index {@code 32 i + h}. The factor makes the sums spread with a
 *       standard deviation of sqrt(3), well into the bend of tanh.
 *   <li>Class c scores {@code sum over h of V[h][c] a[h]}, V[h][c] the normal of layer 2, index
 *       {@code h classes + c}. The label is the first class of the largest score.
 * </ul>
 */
public final class Teacher {

  private static final int FEATURES = 0;
  private static final int HIDDEN_WEIGHTS = 1;
  private static final int OUTPUT_WEIGHTS = 2;

  private static final int HIDDEN = 32;
  private static final double GAIN = 3;

  private final int inputs;
  private final int classes;
  private final long seed;

  /** The weights into the hidden units, [inputs][HIDDEN]. */
  private final double[] hiddenWeights;

  /** The weights into the classes, [HIDDEN][classes]. */
  private final double[] outputWeights;

  private Teacher(int inputs, int classes, long seed) {
    this.inputs = inputs;
    this.classes = classes;
    this.seed = seed;
    this.hiddenWeights = normals(seed, HIDDEN_WEIGHTS, inputs * HIDDEN);
    this.outputWeights = normals(seed, OUTPUT_WEIGHTS, HIDDEN * classes);
  }

  /**
   * Draws a data set. Equal arguments give equal bits on every machine.
   *
   * @param inputs features of a row, at least 1
   * @param classes at least 2; if there are many, some may label no row
   * @param trainRows rows for training, at least 1
   * @param testRows rows for testing, at least 1
   * @param seed decides features and labels
   * @throws InputException if an argument is too small, or too large for one array or for the
   *     memory
   */
  public static Dataset generate(int inputs, int classes, int trainRows, int testRows, long seed) {
    String name = "teacher";
    require(1, inputs, name, "number of inputs");
    require(2, classes, name, "number of classes");
    require(1, trainRows, name, "number of train rows");
    require(1, testRows, name, "number of test rows");
    require(1, (long) inputs * HIDDEN, name, "number of hidden weights");
    require(1, (long) classes * HIDDEN, name, "number of output weights");
    require(1, (long) inputs * trainRows, name, "number of train features");
    require(1, (long) inputs * testRows, name, "number of test features");
    long rows = (long) trainRows + testRows;
    HeapLimit.require(
        Float.BYTES * rows * inputs + Double.BYTES * (long) HIDDEN * ((long) inputs + classes),
        name,
        "number of inputs x classes",
        inputs + " x " + classes);
    Teacher teacher = new Teacher(inputs, classes, seed);
    return new Dataset(
        name,
        inputs,
        classes,
        teacher.examples(0, trainRows),
        teacher.examples(trainRows, testRows));
  }

  private static void require(int least, long value, String name, String field) {
    if (value < least) {
      throw new InputException(name, field, value, "expected at least " + least);
    }
    if (value > Limits.ARRAY.value()) {
      throw new InputException(name, field, value, "expected at most " + Limits.ARRAY.value());
    }
  }

  private static double[] normals(long seed, int layer, int count) {
    double[] normals = new double[count];
    for (int i = 0; i < count; i++) {
      normals[i] = Philox.normal(seed, Stream.TEACHER, layer, i);
    }
    return normals;
  }

  private Examples examples(long firstRow, int rows) {
    float[] features = new float[rows * inputs];
    int[] labels = new int[rows];
    double[] hidden = new double[HIDDEN];
    double[] scores = new double[classes];
    for (int row = 0; row < rows; row++) {
      int start = row * inputs;
      for (int i = 0; i < inputs; i++) {
        features[start + i] = feature((firstRow + row) * inputs + i);
      }
      labels[row] = label(features, start, hidden, scores);
    }
    return new Examples(features, labels, inputs);
  }

  private float feature(long index) {
    double uniform = Philox.uniform(seed, Stream.TEACHER, FEATURES, index);
    return ((int) (uniform * 512) - 256) / 256f;
  }

  private int label(float[] features, int start, double[] hidden, double[] scores) {
    // Units in the inner loop leave every sum ascending and let the compiler use SIMD across units.
    Arrays.fill(hidden, 0);
    for (int i = 0; i < inputs; i++) {
      double x = features[start + i];
      for (int h = 0; h < HIDDEN; h++) {
        hidden[h] += hiddenWeights[i * HIDDEN + h] * x;
      }
    }
    double scale = GAIN / Math.sqrt(inputs);
    Arrays.fill(scores, 0);
    for (int h = 0; h < HIDDEN; h++) {
      double activation = StrictMath.tanh(hidden[h] * scale);
      for (int c = 0; c < classes; c++) {
        scores[c] += outputWeights[h * classes + c] * activation;
      }
    }
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (scores[c] > scores[best]) {
        best = c;
      }
    }
    return best;
  }
}
