package dev.lockstep.bench.compare;

import dev.lockstep.bench.results.RunResult;
import dev.lockstep.input.InputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares the environments of two runs. */
final class Machines {

  private static final String FILE = "environment.json";
  private static final String GPU = "GPU";
  private static final String NONE = "none";

  private Machines() {}

  /**
   * Checks that two runs come from the same machine.
   *
   * @throws InputException naming the first fact (processor, cores or GPU) that differs or that A
   *     lacks
   */
  static void requireSame(RunResult a, RunResult b) {
    for (String fact : List.of("processor", "cores")) {
      if (!a.environment().containsKey(fact)) {
        throw new InputException(
            a.name() + "/" + FILE, fact, "absent", "so the machine is unknown");
      }
      require(a, b, fact);
    }
    for (String fact : union(a, b)) {
      if (fact.startsWith(GPU)) {
        require(a, b, fact);
      }
    }
  }

  private static void require(RunResult a, RunResult b, String fact) {
    String first = value(a, fact);
    String second = value(b, fact);
    if (!first.equals(second)) {
      throw new InputException(
          b.name() + "/" + FILE,
          fact,
          second,
          "but in " + a.name() + " it is " + first + "; --across-machines compares them anyway");
    }
  }

  private static String value(RunResult run, String fact) {
    String value = run.environment().getOrDefault(fact, NONE);
    // The reason for a missing GPU does not count.
    return fact.startsWith(GPU) && value.startsWith(NONE) ? NONE : value;
  }

  /** One line for each differing fact that times may depend on: versions, commit, settings. */
  static List<String> differences(RunResult a, RunResult b) {
    List<String> lines = new ArrayList<>();
    for (String fact : union(a, b)) {
      Map<String, String> first = a.environment();
      String one = first.getOrDefault(fact, NONE);
      String other = b.environment().getOrDefault(fact, NONE);
      if (!one.equals(other) && !fact.startsWith("load ")) {
        lines.add(fact + ": A " + one + "; B " + other);
      }
    }
    return lines;
  }

  private static Set<String> union(RunResult a, RunResult b) {
    Set<String> facts = new LinkedHashSet<>(a.environment().keySet());
    facts.addAll(b.environment().keySet());
    return facts;
  }
}
