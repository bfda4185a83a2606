package dev.lockstep.bench.cells;

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
 * @param activation of the hidden layers
 * @param init equal, random, or the text form of an initialisation
 * @param optimizer how gradients become new parameters
 * @param loss what steps make smaller
 * @param noise standard deviation of what each step adds to the hidden units' biases
 * @param normalization of the hidden layers
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

  /** Without normalization. */
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

  /** With plain gradient descent on cross-entropy, without noise. */
  public Cell(int width, int batch, int depth, Activation activation, String init) {
    this(width, batch, depth, activation, init, CellOptimizer.SGD, Loss.CROSS_ENTROPY, 0);
  }

  /**
   * A seed under which every equal network of the usual cells moves. Under most seeds the one unit
   * that a deep ReLU layer repeats is dead from the start, which would prove nothing.
   */
  public static final long USUAL_SEED = 11;

  public static final int USUAL_STEPS = 200;

  private static final double EQUAL_SQUARES = 3;

  /** Under which a squared error's last layer, of curvature 1 + a^2, does not overshoot. */
  private static final double MOST_SQUARES = 1;

  private static final double RANDOM_SQUARES = 8;

  /** Initialisation text that stands for the one usual with the activation. */
  static final String RANDOM = "random";

  /**
   * {@code w129-b33-d2-tanh-equal}, or {@code -adam} and so on behind it: one word, usable as a
   * test's name.
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

  /** The drawing: the usual one of the activation, if the cell says random. */
  Initialization initialization() {
    return init.equals(RANDOM)
        ? Initialization.usual(activation)
        : Initialization.parse("--init", init);
  }

  /** The text, if a cell can have it as its initialisation. */
  public static String requireInit(String flag, String text) {
    if (!text.equals(RANDOM)) {
      Initialization.parse(flag, text);
    }
    return text;
  }

  /** Everything that fixes the cell's run. */
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
   * Networks that start equal follow the quotient rule, so that they move alike at any width.
   * Single rows give noisy gradients and take a smaller rate; sigmoids take a larger one, since
   * each layer of them passes on a quarter of a gradient at most, unless it is normalized.
   *
   * <p>The curvature of a squared error grows with what the last hidden layer's units add up to: of
   * random units with their number, of equal ones not at all under the quotient rule.
   */
  private Learning learning(int steps) {
    double each = isNormalized() ? 1 : Math.max(1, 1 / activation.steepest());
    double slope = Math.pow(each, depth);
    double rate = (batch == 1 && !optimizer.isScaleFree() ? 0.05 : 0.2) * slope;
    boolean squares = loss == Loss.SQUARED_ERROR;
    return switch (initialization()) {
      case Initialization.EqualUnits _, Initialization.Perturbed _ ->
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

  /** Multiplications of one step: three products a layer, less the gradient of the input. */
  long multiplications(int inputs, int classes) {
    long first = 2L * inputs * width;
    long hidden = 3L * (depth - 1) * width * width;
    long last = 3L * width * classes;
    return batch * (first + hidden + last);
  }
}
