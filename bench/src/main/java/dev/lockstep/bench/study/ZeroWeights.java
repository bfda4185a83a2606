package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Dataset;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the first step that moves each tensor if all weights and biases start at zero.
 *
 * <p>With f(0) = 0 the activations of every hidden layer are zero, and so are the gradients of the
 * weights that they multiply. The deltas of hidden layers are zero because the weights above are,
 * so that only the output bias learns. With f(0) = 1/2 the outgoing weights learn in the first
 * step, and each layer below starts one step after the layer above.
 */
public final class ZeroWeights extends Claim {

  private static final int STEPS = 2 * (Stage.DEPTH + 1);

  /** The product of a smaller feature and a gradient may underflow to zero. */
  private static final float LEAST_FEATURE = 0x1p-100f;

  ZeroWeights() {
    super(
        "b",
        "From zero weights, with tanh or ReLU only the output bias ever learns; with sigmoid"
            + " each layer starts one step after the layer above, in lockstep.");
  }

  @Override
  Finding on(Stage stage) {
    List<Figure> figures = new ArrayList<>();
    boolean holds = true;
    boolean late = false;
    for (Activation activation : List.of(Activation.TANH, Activation.RELU, Activation.SIGMOID)) {
      try (Trainer trainer =
          stage.open(stage.workload(activation, new Initialization.Zero(), stage.seed()))) {
        List<Double> found = firstSteps(trainer);
        figures.add(
            new Figure(
                "first step that moves W1 b1 W2 b2 W3 b3, " + activation.label(),
                found,
                Figure.Form.STEP));
        List<Double> expected = expected(activation);
        for (int tensor = 0; tensor < found.size(); tensor++) {
          // NaN, for never, compares greater than every step.
          int order = found.get(tensor).compareTo(expected.get(tensor));
          holds &= order >= 0;
          late |= order > 0;
        }
        holds &= Stage.each(stage.classes(trainer.parameters()), 1);
      }
    }
    Optional<String> lacking =
        lacking(stage.workload(Activation.SIGMOID, new Initialization.Zero(), stage.seed()));
    return holds && late && lacking.isPresent()
        ? Finding.notShown(lacking.get(), figures)
        : Finding.of(holds && !late, figures);
  }

  /** The reason in the first rows why tensors may move late or never, if there is one. */
  private static Optional<String> lacking(Workload workload) {
    int[] rows = new int[workload.batch()];
    workload.batches().rowsOf(0, rows);
    int classes = workload.data().classes();
    int[] count = new int[classes];
    for (int row : rows) {
      count[workload.data().train().labels()[row]]++;
    }
    if (Arrays.stream(count).allMatch(each -> each * classes == rows.length)) {
      return Optional.of(
          "the rows of the first step have each class equally often, so that their gradients add"
              + " up to zero");
    }
    FloatMatrix features = workload.rowsOf(Stage.DEPTH);
    for (float feature : features.data()) {
      if (Math.abs(feature) >= LEAST_FEATURE) {
        return Optional.empty();
      }
    }
    return Optional.of(
        "all features of the rows of step "
            + (Stage.DEPTH + 1)
            + " are zero, or too small for products in binary32");
  }

  /**
   * The result of this claim outside a study.
   *
   * @param reason the figures as text or, if INCONCLUSIVE, what the data lack
   */
  public record Shown(Verdict verdict, String reason) {}

  /**
   * Runs the experiment on networks of two hidden layers.
   *
   * @param width the units of each hidden layer
   */
  public static Shown shown(
      Backend backend,
      Resources resources,
      DataSource source,
      Dataset data,
      int width,
      int batch,
      long seed) {
    Finding finding =
        new ZeroWeights()
            .on(new Stage(backend, resources, source, data, width, batch, STEPS, seed));
    String figures =
        finding.figures().stream()
            .map(figure -> figure.name() + ": " + figure.text())
            .collect(Collectors.joining("; "));
    return new Shown(
        finding.verdict(), finding.verdict() == Verdict.INCONCLUSIVE ? finding.reason() : figures);
  }

  /** The first step that moves W1, b1, W2 and so on; NaN for a tensor that no step moves. */
  private static List<Double> firstSteps(Trainer trainer) {
    int count = trainer.parameters().entries().size();
    List<Double> first = new ArrayList<>(Collections.nCopies(count, Double.NaN));
    for (int step = 1; step <= STEPS; step++) {
      trainer.run(1);
      List<Parameters.Entry> entries = trainer.parameters().entries();
      for (int i = 0; i < count; i++) {
        mark(first, i, entries.get(i).matrix(), step);
      }
    }
    return first;
  }

  private static void mark(List<Double> first, int tensor, Matrix values, int step) {
    if (Double.isNaN(first.get(tensor)) && !isZero(values)) {
      first.set(tensor, (double) step);
    }
  }

  private static boolean isZero(Matrix matrix) {
    for (int i = 0; i < matrix.size(); i++) {
      if (matrix.value(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static List<Double> expected(Activation activation) {
    List<Double> first = new ArrayList<>();
    for (int l = 0; l <= Stage.DEPTH; l++) {
      boolean output = l == Stage.DEPTH;
      boolean sigmoid = activation == Activation.SIGMOID;
      first.add(sigmoid ? Stage.DEPTH + 1.0 - l : Double.NaN);
      first.add(sigmoid ? Stage.DEPTH + 1.0 - l : output ? 1 : Double.NaN);
    }
    return first;
  }
}
