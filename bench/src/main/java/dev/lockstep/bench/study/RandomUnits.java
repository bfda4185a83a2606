package dev.lockstep.bench.study;

import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Parameters;

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
    return "Random initialisation breaks the tie: gradients differ, and units respond to different"
        + " inputs.";
  }

  @Override
  public Finding on(Stage stage) {
    Initialization random = Initialization.usual(Activation.TANH);
    int[] ofEqual = classesOfFirstGradients(stage, new Initialization.EqualUnits());
    int[] ofRandom = classesOfFirstGradients(stage, random);
    double equal = overlap(stage, new Initialization.EqualUnits());
    double drawn = overlap(stage, random);
    boolean apart = true;
    for (int classes : ofRandom) {
      apart &= classes == stage.width();
    }
    return Finding.of(
        apart && equal == 1 && drawn < FEW,
        Figure.count("unit classes of the first gradients, equal units", ofEqual),
        Figure.count("unit classes of the first gradients, random units", ofRandom),
        Figure.share("most exciting test rows two units share, equal units", equal),
        Figure.share("most exciting test rows two units share, random units", drawn),
        Figure.share(
            "the same by chance",
            (double) Excitation.most(stage.data().test().rows()) / stage.data().test().rows()));
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
    Parameters trained = stage.trained(initialization).parameters();
    return Excitation.meanOverlap(Responses.ofFirstLayer(trained, stage.data().test()));
  }
}
