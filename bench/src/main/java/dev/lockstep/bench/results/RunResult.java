package dev.lockstep.bench.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run as it was read from its folder.
 *
 * @param name the folder's name
 * @param complete whether every planned measurement was made
 * @param plan how it measured
 * @param environment facts about hardware and versions by name
 * @param unavailable one line for each backend that could not be measured, with the reason
 * @param cases the results in the order of the plan
 */
public record RunResult(
    String name,
    boolean complete,
    RunPlan plan,
    Map<String, String> environment,
    List<String> unavailable,
    List<CaseResult> cases) {

  /** Copies the collections. */
  public RunResult {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    unavailable = List.copyOf(unavailable);
    cases = List.copyOf(cases);
  }

  /**
   * The number of forks of each case that was fixed in advance: how many more there are may depend
   * on them.
   */
  public int firstStage() {
    return plan.fewestForks();
  }
}
