package dev.lockstep.fuzz;

import dev.lockstep.scenario.ScenarioFile;

/** Scenarios, and the JSON they are, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}. */
public final class ScenarioFuzz {

  private ScenarioFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    Fuzzed.read(content, ".json", ScenarioFile::read);
  }
}
