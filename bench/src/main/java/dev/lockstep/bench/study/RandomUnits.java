package dev.lockstep.bench.study;

import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Parameters;
import java.util.List;
import java.util.Locale;

/** Compares units by their first gradients and by the rows that excite them after training. */
final class RandomUnits extends Claim {

  /** Units that share less than this of their most exciting rows respond to different inputs. */
  private static final double FEW = 0.5;

  RandomUnits() {
    super(
        "d",
        "Random initialisation separates units: their gradients differ, and they respond to"
            + " different inputs.");
  }

  @Override
  Finding on(Stage stage) {
    Initialization random = Initialization.usual(Activation.TANH);
    int[] ofEqual = classesOfFirstGradients(stage, new Initialization.EqualUnits());
    int[] ofRandom = classesOfFirstGradients(stage, random);
    double equal = overlap(stage, new Initialization.EqualUnits());
    double drawn = overlap(stage, random);
    boolean tied = Stage.each(ofEqual, 1) && equal == 1;
    boolean apart = Stage.each(ofRandom, stage.width());
    int rows = stage.data().test().rows();
    List<Figure> figures =
        List.of(
            Figure.count("unit classes of the first gradients, equal units", ofEqual),
            Figure.count("unit classes of the first gradients, random units", ofRandom),
            Figure.share("most exciting test rows two units share, equal units", equal),
            Figure.share("most exciting test rows two units share, random units", drawn),
            Figure.share("the same by chance", (double) Excitation.most(rows) / rows));
    double before = overlap(stage, stage.workload(random).initial());
    Shortage shortage = stage.shortage();
    if (tied && !apart && shortage.ofData()) {
      return shortage.notShown(
          "the gradients of random units have to differ, and not to be zero", figures);
    }
    boolean comparable = before < FEW && !shortage.any();
    return tied && apart && !(drawn < FEW) && !comparable
        ? shortage.notShown(
            String.format(
                Locale.ROOT,
                "random units have to share less than %.0f%% of the test rows that excite"
                    + " them most (before training %.0f%%)",
                100 * FEW,
                100 * before),
            figures)
        : Finding.of(tied && apart && drawn < FEW, figures);
  }

  private static int[] classesOfFirstGradients(Stage stage, Initialization initialization) {
    try (Trainer trainer = stage.open(stage.workload(initialization))) {
      return stage.classes(trainer.probe().gradients());
    }
  }

  private static double overlap(Stage stage, Initialization initialization) {
    return overlap(stage, stage.trained(initialization).parameters());
  }

  private static double overlap(Stage stage, Parameters parameters) {
    return Excitation.meanOverlap(Responses.ofFirstLayer(parameters, stage.data().test()));
  }
}
