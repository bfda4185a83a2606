package dev.lockstep.fuzz;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Network;
import dev.lockstep.model.Rule;
import dev.lockstep.model.TrainingStateFile;
import java.util.List;

/** States of trainings, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}. */
public final class StateFuzz {

  private StateFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    Network network = new Network(2, List.of(1), Activation.TANH, 1);
    Fuzzed.read(
        content, ".npz", file -> TrainingStateFile.read(file, network, new Rule.Momentum(0.5f)));
  }
}
