package dev.lockstep.bench.study;

import dev.lockstep.agreement.AccuracyLimit;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Quotient;
import java.util.List;

/** Trains equal units, the equivalent network with one unit per layer, and random units. */
final class OneUnit extends Claim {

  OneUnit() {
    super(
        "c",
        "Without random initialisation, a network can do no more than a network with one unit"
            + " per layer.");
  }

  @Override
  Finding on(Stage stage) {
    Workload wide = stage.workload(new Initialization.EqualUnits());
    double equal = stage.trained(new Initialization.EqualUnits()).accuracy();
    double one = stage.train(Quotient.workload(wide)).accuracy();
    double random = stage.trained(Initialization.usual(Activation.TANH)).accuracy();
    int rows = stage.data().test().rows();
    AccuracyLimit alike = new AccuracyLimit(rows, equal, one, AccuracyLimit.Owed.ALIKE);
    List<Figure> figures =
        List.of(
            Figure.share("test accuracy, all units equal", equal),
            Figure.share("test accuracy, one unit per layer", one),
            Figure.share("test accuracy, random units", random));
    return alike.share() <= 1 && !stage.worse(equal, random)
        ? stage.shortage().notShown(Shortage.better("random units", "equal ones"), figures)
        : Finding.of(alike.share() <= 1, figures);
  }
}
