package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Trainer;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Compares the gradients and the parameters of equal units after every step. */
final class EqualUnits extends Claim {

  /** The least change of the first layer's weights, relative to their norm. */
  private static final double MOVED = 0.01;

  EqualUnits() {
    super("a", "Equal units receive equal gradients and move in lockstep, bit for bit.");
  }

  @Override
  Finding on(Stage stage) {
    Workload workload = stage.workload(new Initialization.EqualUnits());
    int ofGradients = 1;
    int ofParameters = 1;
    try (Trainer trainer = stage.open(workload)) {
      for (int step = 0; step < stage.steps(); step++) {
        Probe probe = trainer.probe();
        ofGradients = Math.max(ofGradients, most(stage.classes(probe.gradients())));
        ofParameters = Math.max(ofParameters, most(stage.classes(trainer.parameters())));
      }
      double moved = moved(workload.initial(), trainer.parameters());
      List<Figure> figures =
          List.of(
              Figure.count("units of a layer", stage.width()),
              Figure.count("most unit classes of the gradients in any step", ofGradients),
              Figure.count("most unit classes of the weights after any step", ofParameters),
              Figure.number("relative change of the first layer's weights", moved));
      Finding finding = Finding.of(ofGradients == 1 && ofParameters == 1, figures);
      if (finding.verdict() != Verdict.AGREES) {
        return finding;
      }
      Stage.requireFinite(trainer);
      return moved > MOVED
          ? finding
          : stage
              .shortage()
              .notShown(
                  String.format(
                      Locale.ROOT,
                      "the first layer's weights changed by %.2g%%; the claim needs %.0f%%",
                      100 * moved,
                      100 * MOVED),
                  figures);
    }
  }

  private static int most(int[] classes) {
    return IntStream.of(classes).max().orElseThrow();
  }

  /** The relative change |w - w0| / |w0| of the first layer's weights. */
  private static double moved(Parameters before, Parameters after) {
    Matrix from = before.weights(0);
    Matrix to = after.weights(0);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < from.size(); i++) {
      difference += Math.pow(to.value(i) - from.value(i), 2);
      norm += Math.pow(from.value(i), 2);
    }
    return Math.sqrt(difference / norm);
  }
}
