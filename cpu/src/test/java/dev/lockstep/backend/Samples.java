package dev.lockstep.backend;

import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What the contract feeds a backend. */
final class Samples {

  static final Dataset DIGITS = Digits.load();

  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.MIN_VALUE,
    -0x1p-140f,
    0x1p-75f,
    -0x1p-80f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    3e38f
  };

  private Samples() {}

  /** Uniform on (-1, 1), with a zero of each sign now and then. */
  static FloatMatrix ordinary(long seed, int rows, int columns) {
    Random random = new Random(seed);
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    for (int i = 0; i < matrix.size(); i++) {
      int die = random.nextInt(16);
      matrix.data()[i] = die == 0 ? 0f : die == 1 ? -0f : 2 * random.nextFloat() - 1;
    }
    return matrix;
  }

  /** Uniform on (-scale, scale). */
  static FloatMatrix scaled(long seed, int rows, int columns, float scale) {
    FloatMatrix matrix = ordinary(seed, rows, columns);
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] *= scale;
    }
    return matrix;
  }

  /** Ordinary numbers, one in eight of them replaced by one of the special values. */
  static FloatMatrix special(long seed, int rows, int columns) {
    Random random = new Random(~seed);
    FloatMatrix matrix = ordinary(seed, rows, columns);
    for (int i = 0; i < matrix.size(); i++) {
      if (random.nextInt(8) == 0) {
        matrix.data()[i] = SPECIAL[random.nextInt(SPECIAL.length)];
      }
    }
    return matrix;
  }

  /** The special values themselves, over and over. */
  static FloatMatrix onlySpecial(int rows, int columns) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] = SPECIAL[i % SPECIAL.length];
    }
    return matrix;
  }

  static FloatMatrix filled(int rows, int columns, float value) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    Arrays.fill(matrix.data(), value);
    return matrix;
  }

  /** A network on the embedded digits, Glorot-uniform. */
  static Workload digits(Activation activation, int batch, double rate, Integer... hidden) {
    return digits(
        activation,
        new Initialization.Glorot(Initialization.Distribution.UNIFORM),
        batch,
        Learning.sgd(new LearningRate.Uniform(rate)),
        hidden);
  }

  /** The same with another optimiser. */
  static Workload digits(Activation activation, int batch, Learning learning, Integer... hidden) {
    return digits(
        activation,
        new Initialization.Glorot(Initialization.Distribution.UNIFORM),
        batch,
        learning,
        hidden);
  }

  /** The same with squared error. */
  static Workload squaredError(Activation activation, int batch, double rate, Integer... hidden) {
    Workload entropy = digits(activation, batch, rate, hidden);
    return new Workload(
        entropy.network(),
        entropy.initial(),
        Loss.SQUARED_ERROR,
        entropy.optimizer(),
        entropy.data(),
        batch,
        entropy.seed());
  }

  /** The same with noise on the hidden units. */
  static Workload noisy(Workload quiet, double deviation) {
    return quiet.with(new UnitNoise(deviation, quiet.seed()));
  }

  /** Every rule, with and without decay, under every schedule; at rates that move weights. */
  static List<Learning> optimizers() {
    LearningRate rate = new LearningRate.Uniform(0.1);
    Schedule constant = new Schedule.Constant();
    return List.of(
        new Learning(rate, new Rule.Sgd(), constant, 0.01),
        new Learning(rate, new Rule.Sgd(), new Schedule.Stairs(2, 0.3), 0),
        new Learning(rate, new Rule.Momentum(0.9f), constant, 0),
        new Learning(rate, new Rule.Momentum(0.9f), new Schedule.Cosine(5), 0.01),
        new Learning(rate, new Rule.Nesterov(0.9f), constant, 0),
        new Learning(rate, new Rule.Nesterov(0.7f), new Schedule.Stairs(3, 0.5), 0.01),
        new Learning(new LearningRate.Uniform(0.01), Rule.parse("test", "adam"), constant, 0),
        new Learning(
            new LearningRate.Uniform(0.01),
            new Rule.Adam(0.8f, 0.95f, 1e-4f),
            new Schedule.Cosine(7),
            0.01));
  }

  /** The same with the units of each hidden layer equal. */
  static Workload equalUnits(Activation activation, int batch, double rate, Integer... hidden) {
    return digits(
        activation,
        new Initialization.EqualUnits(),
        batch,
        Learning.sgd(new LearningRate.Uniform(rate)),
        hidden);
  }

  private static Workload digits(
      Activation activation,
      Initialization initialization,
      int batch,
      Learning learning,
      Integer... hidden) {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(hidden),
            activation,
            initialization,
            Loss.CROSS_ENTROPY,
            learning,
            batch,
            0,
            11)
        .prepare(DIGITS);
  }

  /** The same with batch normalization. */
  static Workload normalized(
      Activation activation,
      Initialization initialization,
      int batch,
      Learning learning,
      Integer... hidden) {
    return new Scenario(
            new DataSource.EmbeddedDigits(),
            List.of(hidden),
            Normalization.BATCH,
            activation,
            initialization,
            Loss.CROSS_ENTROPY,
            0,
            learning,
            batch,
            0,
            11)
        .prepare(DIGITS);
  }

  /** The labels of a step's rows. */
  static int[] labels(Workload workload, long step) {
    int[] rows = new int[workload.batch()];
    workload.batches().rowsOf(step, rows);
    int[] labels = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      labels[i] = workload.data().train().labels()[rows[i]];
    }
    return labels;
  }

  /** Hidden layers of one width. */
  static Integer[] hidden(int depth, int width) {
    Integer[] hidden = new Integer[depth];
    Arrays.fill(hidden, width);
    return hidden;
  }

  static String describe(Network network, int batch, int threads) {
    return network + ", batch " + batch + ", " + threads + " threads";
  }
}
