package dev.lockstep.bench.study;

import dev.lockstep.agreement.Difference;
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
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the first step that moves each tensor if all weights and biases start at zero.
 *
 * <p>With f(0) = 0 the activations of every hidden layer are zero, and so are the gradients of the
 * weights that they multiply. The deltas of hidden layers are zero because the weights above are,
 * so that only the output bias learns. With f(0) = 1/2 the outgoing weights learn in the first
 * step, and each layer below starts one step after the layer above.
 */
public final class ZeroWeights extends Claim {

  /** After so many steps every tensor has moved that ever does. */
  public static final int STEPS = 2 * (Stage.DEPTH + 1);

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
    return tried(stage).finding();
  }

  /**
   * The finding, and the workload of the first training that refutes the claim.
   *
   * @param refuting empty unless the finding is DIFFERS
   */
  private record Tried(Finding finding, Optional<Workload> refuting) {}

  private static Tried tried(Stage stage) {
    List<Figure> figures = new ArrayList<>();
    Optional<String> wrong = Optional.empty();
    Optional<Workload> refuting = Optional.empty();
    Optional<String> late = Optional.empty();
    for (Activation activation : List.of(Activation.TANH, Activation.RELU, Activation.SIGMOID)) {
      Workload workload = stage.workload(activation, new Initialization.Zero(), stage.seed());
      try (Trainer trainer = stage.open(workload)) {
        Moves moves = Moves.of(trainer);
        figures.add(
            new Figure(
                "first step that moves W1 b1 W2 b2 W3 b3, " + activation.label(),
                moves.steps(),
                Figure.Form.STEP));
        String with = "with " + activation.label() + ", ";
        if (wrong.isEmpty()) {
          wrong =
              moves
                  .tooEarly(expected(activation))
                  .or(() -> apart(stage, trainer.parameters()))
                  .map(what -> with + what);
          refuting = wrong.map(_ -> workload);
        }
        if (late.isEmpty()) {
          late = moves.tooLate(expected(activation)).map(what -> with + what);
          refuting = refuting.isPresent() ? refuting : late.map(_ -> workload);
        }
      }
    }
    if (wrong.isEmpty() && late.isEmpty()) {
      return new Tried(Finding.of(true, figures), Optional.empty());
    }
    Optional<String> lacking =
        lacking(stage.workload(Activation.SIGMOID, new Initialization.Zero(), stage.seed()));
    return wrong.isEmpty() && lacking.isPresent()
        ? new Tried(Finding.notShown(lacking.get(), figures), Optional.empty())
        : new Tried(
            Finding.refuted(wrong.isPresent() ? wrong.get() : late.orElseThrow(), figures),
            refuting);
  }

  /** Describes two units of a hidden layer that became different; empty if all are equal. */
  private static Optional<String> apart(Stage stage, Parameters parameters) {
    int[] classes = stage.classes(parameters);
    for (int h = 0; h < Stage.DEPTH; h++) {
      if (classes[h] > 1) {
        int unit =
            UnitClasses.of(UnitSlices.of(parameters, h))
                .decisive(stage.backend().kind())
                .firstOutside();
        return Optional.of(
            String.format(
                Locale.ROOT,
                "unit %d of hidden layer %d differs from unit 0 after step %d, in %s",
                unit,
                h + 1,
                STEPS,
                element(parameters, h, unit)));
      }
    }
    return Optional.empty();
  }

  private static String element(Parameters parameters, int h, int unit) {
    return parameters.entries().stream()
        .flatMap(
            entry -> {
              boolean columns = entry.parameter().columns().isOfUnits(h);
              return columns || entry.parameter().rows().isOfUnits(h)
                  ? element(entry, columns, unit).stream()
                  : Stream.of();
            })
        .findFirst()
        .orElseThrow();
  }

  /** Returns the first element in which a unit differs from unit 0. */
  private static Optional<String> element(Parameters.Entry entry, boolean columns, int unit) {
    Matrix all = entry.matrix();
    for (int i = 0; i < (columns ? all.rows() : all.columns()); i++) {
      int here = columns ? i * all.columns() + unit : unit * all.columns() + i;
      int there = columns ? i * all.columns() : i;
      if (all.bits(here) != all.bits(there)) {
        return Optional.of(
            new Difference(
                    STEPS,
                    entry.name(),
                    columns ? i : unit,
                    columns ? unit : i,
                    all.value(there),
                    all.value(here),
                    all.bits(there),
                    all.bits(here))
                .element());
      }
    }
    return Optional.empty();
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
   * @param reason what refutes the claim, what the data lack if INCONCLUSIVE, or else the figures
   * @param refuting the workload of the training that refutes the claim; empty if none does
   */
  public record Shown(Verdict verdict, String reason, Optional<Workload> refuting) {}

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
    Tried tried = tried(new Stage(backend, resources, source, data, width, batch, STEPS, seed));
    Finding finding = tried.finding();
    String figures =
        finding.figures().stream()
            .map(figure -> figure.name() + ": " + figure.text())
            .collect(Collectors.joining("; "));
    return new Shown(
        finding.verdict(),
        finding.reason().isEmpty() ? figures : finding.reason(),
        tried.refuting());
  }

  /**
   * The first moves of W1, b1, W2 and so on.
   *
   * @param names the tensors
   * @param first the first step that moved each, with an element; empty if no step did
   */
  private record Moves(List<String> names, List<Optional<Difference>> first) {

    static Moves of(Trainer trainer) {
      Parameters zeros = trainer.parameters().zeros();
      List<String> names = zeros.entries().stream().map(Parameters.Entry::name).toList();
      List<Optional<Difference>> first =
          new ArrayList<>(Collections.nCopies(names.size(), Optional.empty()));
      for (int step = 1; step <= STEPS; step++) {
        trainer.run(1);
        Parameters now = trainer.parameters();
        for (int i = 0; i < names.size(); i++) {
          if (first.get(i).isEmpty()) {
            first.set(i, moved(step, names.get(i), now.get(names.get(i))));
          }
        }
      }
      return new Moves(names, first);
    }

    /** Returns the first element that is not a zero, of either sign. */
    private static Optional<Difference> moved(int step, String name, Matrix now) {
      for (int i = 0; i < now.size(); i++) {
        if (now.value(i) != 0) {
          int row = i / now.columns();
          return Optional.of(
              new Difference(step, name, row, i % now.columns(), 0, now.value(i), 0, now.bits(i)));
        }
      }
      return Optional.empty();
    }

    /** NaN for a tensor that no step moves. */
    List<Double> steps() {
      return first.stream().map(Moves::step).toList();
    }

    private static double step(Optional<Difference> move) {
      return move.map(difference -> (double) difference.step()).orElse(Double.NaN);
    }

    /** Describes a tensor that moved before it should. NaN compares greater than every step. */
    Optional<String> tooEarly(List<Double> expected) {
      return IntStream.range(0, first.size())
          .filter(i -> Double.compare(step(first.get(i)), expected.get(i)) < 0)
          .mapToObj(i -> owed(i, expected) + ", but moves in " + first.get(i).orElseThrow())
          .findFirst();
    }

    Optional<String> tooLate(List<Double> expected) {
      return IntStream.range(0, first.size())
          .filter(i -> Double.compare(step(first.get(i)), expected.get(i)) > 0)
          .mapToObj(
              i ->
                  owed(i, expected)
                      + ", but "
                      + first
                          .get(i)
                          .map(move -> "does not before " + move)
                          .orElse("has only zeros after step " + STEPS))
          .findFirst();
    }

    private String owed(int i, List<Double> expected) {
      return names.get(i)
          + (Double.isNaN(expected.get(i))
              ? " never moves"
              : String.format(Locale.ROOT, " first moves in step %.0f", expected.get(i)));
    }
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
