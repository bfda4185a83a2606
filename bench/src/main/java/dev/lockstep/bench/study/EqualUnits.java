package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Trainer;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.Locale;

/** Looks at the gradients and the parameters of equal units after every step. */
final class EqualUnits implements Claim {

  /** What the first layer's weights have to move by, as a share of their norm. */
  private static final double MOVED = 0.01;

  @Override
  public String letter() {
    return "a";
  }

  @Override
  public String sentence() {
    return "Equal units receive equal gradients and move in lockstep, bit for bit.";
  }

  @Override
  public Finding on(Stage stage) {
    Workload workload = stage.workload(new Initialization.EqualUnits());
    int ofGradients = 1;
    int ofParameters = 1;
    try (Trainer trainer = stage.open(workload)) {
      for (int step = 0; step < stage.steps(); step++) {
        Probe probe = trainer.probe();
        Parameters parameters = trainer.parameters();
        for (int h = 0; h < Stage.DEPTH; h++) {
          ofGradients = Math.max(ofGradients, stage.classes(probe.gradients(), h));
          ofParameters = Math.max(ofParameters, stage.classes(parameters, h));
        }
      }
      double moved = moved(workload.initial(), trainer.parameters());
      Figure[] figures = {
        Figure.count("units of a layer", stage.width()),
        Figure.count("most unit classes of the gradients in any step", ofGradients),
        Figure.count("most unit classes of the weights after any step", ofParameters),
        Figure.number("relative change of the first layer's weights", moved)
      };
      Finding finding = Finding.of(ofGradients == 1 && ofParameters == 1, figures);
      if (finding.verdict() != Verdict.AGREES) {
        return finding;
      }
      stage.requireFinite(trainer);
      return moved > MOVED
          ? finding
          : Finding.notShown(
              stage
                  .shortage()
                  .reason(
                      String.format(
                          Locale.ROOT,
                          "the first layer's weights changed by %.2g%%; the claim needs %.0f%%",
                          100 * moved,
                          100 * MOVED)),
              figures);
    }
  }

  /** |w - w0| / |w0|. */
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
