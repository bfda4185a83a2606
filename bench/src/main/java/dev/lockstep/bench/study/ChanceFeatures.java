package dev.lockstep.bench.study;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Parameters;

/** Compares the units of networks that were drawn and trained from two seeds. */
final class ChanceFeatures implements Claim {

  /** Standard errors within which units of equal number are no more alike than any two. */
  private static final int CHANCE = 4;

  /** Below this, likenesses of 0 to 1 vary by the rounding of their sums alone. */
  private static final double LEAST_ERROR = 1e-9;

  @Override
  public String letter() {
    return "e";
  }

  @Override
  public String sentence() {
    return "Chance decides which unit learns which feature: with another seed, it is another unit.";
  }

  @Override
  public Finding on(Stage stage) {
    Initialization random = Initialization.usual(Activation.TANH);
    long one = stage.seed();
    long other = stage.seed() + 1;
    UnitMatching before =
        UnitMatching.of(
            responses(stage, stage.workload(Activation.TANH, random, one).initial()),
            responses(stage, stage.workload(Activation.TANH, random, other).initial()));
    UnitMatching after =
        UnitMatching.of(
            responses(stage, stage.trained(random, one).parameters()),
            responses(stage, stage.trained(random, other).parameters()));
    double apart = Math.abs(after.byNumber() - after.ofAny()) / after.standardError();
    double found = (after.byAssignment() - after.byNumber()) / after.standardError();
    Figure[] figures = {
      Figure.number("similarity of units with equal index", after.byNumber()),
      Figure.number("similarity of any two units", after.ofAny()),
      Figure.number("standard error of the first, if it is chance", after.standardError()),
      Figure.number("similarity of units in the best matching", after.byAssignment()),
      Figure.number("the same before training", before.byAssignment())
    };
    if (!(after.standardError() > LEAST_ERROR)) {
      return Finding.notShown(
          stage.shortage().reason("units have to respond differently to the test rows"), figures);
    }
    return apart <= CHANCE && found <= CHANCE
        ? Finding.notShown(
            stage
                .shortage()
                .reason(
                    "units in the best matching have to be more similar than units with equal"
                        + " index by "
                        + CHANCE
                        + " standard errors"),
            figures)
        : Finding.of(apart <= CHANCE, figures);
  }

  private static DoubleMatrix responses(Stage stage, Parameters parameters) {
    return Responses.ofFirstLayer(parameters, stage.data().test());
  }
}
