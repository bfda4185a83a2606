package dev.lockstep.bench.study;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Parameters;
import java.util.List;

/** Compares the units of networks that were drawn and trained from two seeds. */
final class ChanceFeatures extends Claim {

  /** The deviation, in standard errors, that chance accounts for. */
  private static final int CHANCE = 4;

  /** Similarities from 0 to 1 with a smaller standard error differ by rounding only. */
  private static final double LEAST_ERROR = 1e-9;

  ChanceFeatures() {
    super(
        "e",
        "Chance decides which unit learns which feature: with another seed, it is another unit.");
  }

  @Override
  Finding on(Stage stage) {
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
    List<Figure> figures =
        List.of(
            Figure.number("similarity of units with equal index", after.byNumber()),
            Figure.number("similarity of any two units", after.ofAny()),
            Figure.number("standard error of the first, if it is chance", after.standardError()),
            Figure.number("similarity of units in the best matching", after.byAssignment()),
            Figure.number("the same before training", before.byAssignment()));
    if (!(after.standardError() > LEAST_ERROR)) {
      return stage
          .shortage()
          .notShown("units have to respond differently to the test rows", figures);
    }
    return apart <= CHANCE && found <= CHANCE
        ? stage
            .shortage()
            .notShown(
                "units in the best matching have to be more similar than units with equal index by "
                    + CHANCE
                    + " standard errors",
                figures)
        : Finding.of(apart <= CHANCE, figures);
  }

  private static DoubleMatrix responses(Stage stage, Parameters parameters) {
    return Responses.ofFirstLayer(parameters, stage.data().test());
  }
}
