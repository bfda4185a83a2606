package dev.lockstep.bench.study;

import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Parameters;
import java.util.Arrays;
import java.util.Locale;

/** Compares units' gradients in the first step, and the rows that excite them most in the end. */
final class RandomUnits implements Claim {

  /** Units whose most exciting rows have less than this in common respond to different inputs. */
  private static final double FEW = 0.5;

  @Override
  public String letter() {
    return "d";
  }

  @Override
  public String sentence() {
    return "Random initialisation separates units: their gradients differ, and they respond to"
        + " different inputs.";
  }

  @Override
  public Finding on(Stage stage) {
    Initialization random = Initialization.usual(Activation.TANH);
    int[] ofEqual = classesOfFirstGradients(stage, new Initialization.EqualUnits());
    int[] ofRandom = classesOfFirstGradients(stage, random);
    double equal = overlap(stage, new Initialization.EqualUnits());
    double drawn = overlap(stage, random);
    boolean tied = Arrays.stream(ofEqual).allMatch(classes -> classes == 1) && equal == 1;
    boolean apart = Arrays.stream(ofRandom).allMatch(classes -> classes == stage.width());
    Figure[] figures = {
      Figure.count("unit classes of the first gradients, equal units", ofEqual),
      Figure.count("unit classes of the first gradients, random units", ofRandom),
      Figure.share("most exciting test rows two units share, equal units", equal),
      Figure.share("most exciting test rows two units share, random units", drawn),
      Figure.share(
          "the same by chance",
          (double) Excitation.most(stage.data().test().rows()) / stage.data().test().rows())
    };
    double before = overlap(stage, stage.workload(random).initial());
    Shortage shortage = stage.shortage();
    if (tied && !apart && shortage.ofData()) {
      return Finding.notShown(
          shortage.reason("the gradients of random units have to differ, and not to be zero"),
          figures);
    }
    boolean comparable = before < FEW && !shortage.any();
    return tied && apart && !(drawn < FEW) && !comparable
        ? Finding.notShown(
            shortage.reason(
                String.format(
                    Locale.ROOT,
                    "random units have to share less than %.0f%% of the test rows that excite"
                        + " them most (before training %.0f%%)",
                    100 * FEW,
                    100 * before)),
            figures)
        : Finding.of(tied && apart && drawn < FEW, figures);
  }

  private static int[] classesOfFirstGradients(Stage stage, Initialization initialization) {
    try (Trainer trainer = stage.open(stage.workload(initialization))) {
      Parameters gradients = trainer.probe().gradients();
      int[] classes = new int[Stage.DEPTH];
      for (int h = 0; h < Stage.DEPTH; h++) {
        classes[h] = stage.classes(gradients, h);
      }
      return classes;
    }
  }

  private static double overlap(Stage stage, Initialization initialization) {
    return overlap(stage, stage.trained(initialization).parameters());
  }

  private static double overlap(Stage stage, Parameters parameters) {
    return Excitation.meanOverlap(Responses.ofFirstLayer(parameters, stage.data().test()));
  }
}
