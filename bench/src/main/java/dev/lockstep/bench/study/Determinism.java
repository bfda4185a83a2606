package dev.lockstep.bench.study;

import dev.lockstep.agreement.Difference;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.scenario.Workload;
import java.util.List;

/** Trains a network whose weights are fixed by a formula and that has no two units alike. */
final class Determinism implements Claim {

  @Override
  public String letter() {
    return "g";
  }

  @Override
  public String sentence() {
    return "Symmetry is the problem, not determinism: a Hadamard matrix trains as random ones do.";
  }

  @Override
  public Finding on(Stage stage) {
    Workload hadamard = stage.workload(new Initialization.Hadamard());
    Workload again =
        stage.workload(Activation.TANH, new Initialization.Hadamard(), stage.seed() + 1);
    boolean same = Difference.first(0, hadamard.initial(), again.initial()).isEmpty();
    int[] classes = new int[Stage.DEPTH];
    boolean apart = true;
    for (int h = 0; h < Stage.DEPTH; h++) {
      classes[h] = stage.classes(hadamard.initial(), h);
      apart &= classes[h] == stage.width();
    }
    double accuracy = stage.trained(new Initialization.Hadamard()).accuracy();
    double random = stage.trained(Initialization.usual(Activation.TANH)).accuracy();
    double equal = stage.trained(new Initialization.EqualUnits()).accuracy();
    int rows = stage.data().test().rows();
    boolean trains = OneUnit.worse(rows, equal, accuracy) && !OneUnit.worse(rows, accuracy, random);
    boolean comparable = OneUnit.worse(rows, equal, random) && !stage.shortage().any();
    List<Figure> figures =
        List.of(
            Figure.count("initial weights that two seeds draw", same ? 1 : 2),
            Figure.count("unit classes before the first step", classes),
            Figure.share("test accuracy, Hadamard", accuracy),
            Figure.share("test accuracy, random units", random),
            Figure.share("test accuracy, all units equal", equal));
    return same && apart && !trains && !comparable
        ? Finding.notShown(
            stage
                .shortage()
                .reason(
                    OneUnit.needs(
                        "random and Hadamard units have to be similar, and both", "equal ones")),
            figures)
        : Finding.of(same && apart && trains, figures);
  }
}
