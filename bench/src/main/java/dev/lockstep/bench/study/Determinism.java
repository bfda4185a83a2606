package dev.lockstep.bench.study;

import dev.lockstep.agreement.Difference;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.scenario.Workload;
import java.util.List;

/** Trains a network with deterministic initial weights and no two equal units. */
final class Determinism extends Claim {

  Determinism() {
    super(
        "g",
        "Symmetry is the problem, not determinism: a Hadamard matrix trains as random ones do.");
  }

  @Override
  Finding on(Stage stage) {
    Workload hadamard = stage.workload(new Initialization.Hadamard());
    Workload again =
        stage.workload(Activation.TANH, new Initialization.Hadamard(), stage.seed() + 1);
    boolean same = Difference.first(0, hadamard.initial(), again.initial()).isEmpty();
    int[] classes = stage.classes(hadamard.initial());
    boolean apart = Stage.each(classes, stage.width());
    double accuracy = stage.trained(new Initialization.Hadamard()).accuracy();
    double random = stage.trained(Initialization.usual(Activation.TANH)).accuracy();
    double equal = stage.trained(new Initialization.EqualUnits()).accuracy();
    boolean trains = stage.worse(equal, accuracy) && !stage.worse(accuracy, random);
    boolean comparable = stage.worse(equal, random) && !stage.shortage().any();
    List<Figure> figures =
        List.of(
            Figure.count("initial weights that two seeds draw", same ? 1 : 2),
            Figure.count("unit classes before the first step", classes),
            Figure.share("test accuracy, Hadamard", accuracy),
            Figure.share("test accuracy, random units", random),
            Figure.share("test accuracy, all units equal", equal));
    return same && apart && !trains && !comparable
        ? stage
            .shortage()
            .notShown(
                Shortage.better(
                    "random and Hadamard units have to be similar, and both", "equal ones"),
                figures)
        : Finding.of(same && apart && trains, figures);
  }
}
