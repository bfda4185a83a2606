package dev.lockstep.bench.study;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.scenario.Workload;
import java.util.List;

/** Trains equal units with noise on each, twice from one seed and once from another. */
final class BrokenByNoise extends Claim {

  /** The standard deviation of the noise added to the input of each unit. */
  private static final double NOISE = 0.2;

  /** How many times longer than other claims this one trains: separated units are still similar. */
  private static final int LONGER = 5;

  BrokenByNoise() {
    super(
        "f",
        "Noise on each unit breaks lockstep: equal units separate in the first"
            + " step, and their network learns.");
  }

  @Override
  Finding on(Stage stage) {
    Workload workload = stage.noisy(NOISE);
    int[] atFirst;
    int[] atLast;
    Parameters parameters;
    double accuracy;
    try (Trainer trainer = stage.open(workload)) {
      trainer.run(1);
      atFirst = stage.classes(trainer.parameters());
      trainer.run(stage.steps() - 1);
      parameters = trainer.parameters();
      trainer.run((LONGER - 1) * stage.steps());
      Stage.requireFinite(trainer);
      atLast = stage.classes(trainer.parameters());
      accuracy = trainer.evaluate(stage.data().test()).accuracy();
    }
    boolean again = same(parameters, stage.train(workload).parameters());
    boolean other = same(parameters, other(stage, workload));
    Workload quiet = stage.workload(new Initialization.EqualUnits());
    double equal = stage.train(quiet, LONGER * stage.steps()).accuracy();
    double random = stage.trained(Initialization.usual(Activation.TANH)).accuracy();
    boolean apart = Stage.each(atFirst, stage.width()) && Stage.each(atLast, stage.width());
    List<Figure> figures =
        List.of(
            Figure.count("units of a layer", stage.width()),
            Figure.count("steps", LONGER * stage.steps()),
            Figure.count("unit classes after the first step", atFirst),
            Figure.count("unit classes after the last step", atLast),
            Figure.count("different trainings of one seed, run twice", again ? 1 : 2),
            Figure.count("different trainings of two seeds of the noise", other ? 1 : 2),
            Figure.share("test accuracy, equal units with noise", accuracy),
            Figure.share("test accuracy, all units equal", equal),
            Figure.share("test accuracy, random units, after " + stage.steps() + " steps", random));
    Shortage shortage = stage.shortage();
    if (again && (!apart || other) && shortage.ofData()) {
      return shortage.notShown(
          "the gradients of units with noise have to differ, and not to be zero", figures);
    }
    return apart && again && !other && !stage.worse(equal, accuracy)
        ? shortage.notShown(Shortage.better("units with noise", "equal ones"), figures)
        : Finding.of(apart && again && !other, figures);
  }

  /** Trains on the same rows from the same initial weights, with noise of the next seed. */
  private static Parameters other(Stage stage, Workload workload) {
    return stage.train(workload.with(new UnitNoise(NOISE, stage.seed() + 1))).parameters();
  }

  private static boolean same(Parameters one, Parameters other) {
    return Difference.first(0, one, other).isEmpty();
  }
}
