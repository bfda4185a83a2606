package dev.lockstep.bench.cells;

import dev.lockstep.data.Dataset;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import java.util.Collections;
import java.util.Locale;

/**
 * One combination of the axes of a check.
 *
 * @param width units of every hidden layer
 * @param batch rows of a step
 * @param depth number of hidden layers
 * @param activation activation function of the hidden layers
 * @param init equal, random, or the text form of an initialisation
 * @param optimizer optimiser with its schedule
 * @param loss loss function that training minimises
 * @param noise standard deviation of the noise that each step adds to the biases of hidden units
 * @param normalization normalization of the hidden layers
 */
public record Cell(
    int width,
    int batch,
    int depth,
    Activation activation,
    String init,
    CellOptimizer optimizer,
    Loss loss,
    double noise,
    Normalization normalization) {

  /** Creates a cell without normalization. */
  public Cell(
      int width,
      int batch,
      int depth,
      Activation activation,
      String init,
      CellOptimizer optimizer,
      Loss loss,
      double noise) {
    this(width, batch, depth, activation, init, optimizer, loss, noise, Normalization.NONE);
  }

  /**
   * Creates a cell with plain gradient descent on cross-entropy, without noise or normalization.
   */
  public Cell(int width, int batch, int depth, Activation activation, String init) {
    this(width, batch, depth, activation, init, CellOptimizer.SGD, Loss.CROSS_ENTROPY, 0);
  }

  /**
   * With this seed the units of every equal network in the default cells move. With most seeds all
   * units of a deep ReLU layer are dead from the start, and lockstep of dead units proves nothing.
   */
  public static final long USUAL_SEED = 11;

  public static final int USUAL_STEPS = 200;

  private static final double EQUAL_SQUARES = 3;

  /**
   * Largest rate at which the last layer under squared error, whose curvature is 1 + a^2, does not
   * overshoot.
   */
  private static final double MOST_SQUARES = 1;

  private static final double RANDOM_SQUARES = 8;

  /** The multiplications in the time that a step needs beside its own. */
  private static final long SMALLEST_STEP = 200_000;

  /** Initialisation text that stands for Glorot or He, as suits the activation. */
  static final String RANDOM = "random";

  /**
   * Returns a name such as {@code w129-b33-d2-tanh-equal}, followed by {@code -adam} and so on for
   * values that are not the default. It is one word and can name a test.
   */
  public String name() {
    return String.format(
        Locale.ROOT,
        "w%d-b%d-d%d-%s-%s%s%s%s%s",
        width,
        batch,
        depth,
        activation.label(),
        init,
        optimizer == CellOptimizer.SGD ? "" : "-" + optimizer.label(),
        loss == Loss.CROSS_ENTROPY ? "" : "-" + loss.label(),
        noise == 0 ? "" : "-noise" + noise,
        isNormalized() ? "-" + normalization.label() + "-normalized" : "");
  }

  private boolean isNormalized() {
    return normalization != Normalization.NONE;
  }

  /** Returns the initialisation; for {@code random} the usual one of the activation. */
  Initialization initialization() {
    return init.equals(RANDOM)
        ? Initialization.usual(activation)
        : Initialization.parse("--init", init);
  }

  /**
   * Returns {@code text} if it is a valid initialisation of a cell.
   *
   * @throws dev.lockstep.input.InputException if it is not
   */
  public static String requireInit(String flag, String text) {
    if (!text.equals(RANDOM)) {
      Initialization.parse(flag, text);
    }
    return text;
  }

  /** Returns the scenario that runs this cell. */
  public Scenario scenario(DataSource data, int steps, long seed) {
    return new Scenario(
        data,
        Collections.nCopies(depth, width),
        normalization,
        activation,
        initialization(),
        loss,
        noise,
        learning(steps),
        batch,
        steps,
        seed);
  }

  /**
   * Returns the learning rates and the optimiser. Networks that start equal follow the quotient
   * rule, which makes them move alike at any width. Batches of one row have noisy gradients and get
   * a smaller rate. Sigmoids without normalization get a larger rate, because each layer passes on
   * at most a quarter of the gradient.
   *
   * <p>The curvature of the squared error grows with the sum over the units of the last hidden
   * layer. For random units that sum grows with the width; for equal units under the quotient rule
   * it does not.
   */
  private Learning learning(int steps) {
    double each = isNormalized() ? 1 : Math.max(1, 1 / activation.steepest());
    double slope = Math.pow(each, depth);
    double rate = (batch == 1 && !optimizer.isScaleFree() ? 0.05 : 0.2) * slope;
    boolean squares = loss == Loss.SQUARED_ERROR;
    return switch (initialization()) {
      case Initialization.EqualUnits _, Initialization.Copies _, Initialization.Perturbed _ ->
          optimizer.learning(
              CellOptimizer.Rates.QUOTIENT,
              squares ? Math.min(EQUAL_SQUARES * rate, MOST_SQUARES) : rate,
              steps);
      default ->
          optimizer.learning(
              CellOptimizer.Rates.UNIFORM,
              squares ? rate * Math.min(1, RANDOM_SQUARES / (slope * width)) : rate,
              steps);
    };
  }

  /**
   * Returns the work of one step, for the share of a whole that is done: its multiplications, and
   * what a step costs however small it is.
   */
  public long work(Dataset data) {
    return SMALLEST_STEP + multiplications(data.inputs(), data.classes());
  }

  /**
   * Returns the multiplications of one step: three products per layer, except the gradient of the
   * input.
   */
  long multiplications(int inputs, int classes) {
    long first = 2L * inputs * width;
    long hidden = 3L * (depth - 1) * width * width;
    long last = 3L * width * classes;
    return batch * (first + hidden + last);
  }
}
