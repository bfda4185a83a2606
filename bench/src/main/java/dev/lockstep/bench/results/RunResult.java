package dev.lockstep.bench.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run as it was read back.
 *
 * @param name of its folder
 * @param complete whether everything planned was measured
 * @param arguments of the command
 * @param environment facts by name
 * @param unavailable what could not be measured, and why
 * @param cases in the order of the plan
 */
public record RunResult(
    String name,
    boolean complete,
    List<String> arguments,
    Map<String, String> environment,
    List<String> unavailable,
    List<CaseResult> cases) {

  public RunResult {
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    unavailable = List.copyOf(unavailable);
    cases = List.copyOf(cases);
  }
}
