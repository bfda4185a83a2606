package dev.lockstep.bench.study;

import dev.lockstep.agreement.AccuracyLimit;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Quotient;

/** Trains a network of equal units, the one with one unit a layer that it equals, and a random. */
final class OneUnit implements Claim {

  @Override
  public String letter() {
    return "c";
  }

  @Override
  public String sentence() {
    return "Without random initialisation, a network can do no more than a network with one unit"
        + " per layer.";
  }

  @Override
  public Finding on(Stage stage) {
    Workload wide = stage.workload(new Initialization.EqualUnits());
    double equal = stage.trained(new Initialization.EqualUnits()).accuracy();
    double one = stage.train(Quotient.workload(wide)).accuracy();
    double random = stage.trained(Initialization.usual(Activation.TANH)).accuracy();
    int rows = stage.data().test().rows();
    AccuracyLimit alike = new AccuracyLimit(rows, equal, one, AccuracyLimit.Owed.ALIKE);
    Figure[] figures = {
      Figure.share("test accuracy, all units equal", equal),
      Figure.share("test accuracy, one unit per layer", one),
      Figure.share("test accuracy, random units", random)
    };
    return alike.share() <= 1 && !worse(rows, equal, random)
        ? Finding.notShown(stage.shortage().reason(needs("random units", "equal ones")), figures)
        : Finding.of(alike.share() <= 1, figures);
  }

  /** What a claim needs of which the one accuracy has to be better than the other. */
  static String needs(String better, String than) {
    return better
        + " have to be better than "
        + than
        + " by more than chance accounts for on so many test rows";
  }

  /** Beyond what chance accounts for. */
  static boolean worse(int rows, double accuracy, double than) {
    return new AccuracyLimit(rows, accuracy, than, AccuracyLimit.Owed.NOT_WORSE).share() > 1;
  }
}
