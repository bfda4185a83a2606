package dev.lockstep.bench.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run as it was read from its folder.
 *
 * @param name the folder's name
 * @param complete whether every planned measurement was made
 * @param arguments the command's arguments
 * @param environment facts about hardware and versions by name
 * @param unavailable one line for each backend that could not be measured, with the reason
 * @param cases the results in the order of the plan
 */
public record RunResult(
    String name,
    boolean complete,
    List<String> arguments,
    Map<String, String> environment,
    List<String> unavailable,
    List<CaseResult> cases) {

  private static final Pattern FEWEST = Pattern.compile("([1-9]\\d{0,2})(\\.\\..*)?");

  /** Copies the collections. */
  public RunResult {
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    unavailable = List.copyOf(unavailable);
    cases = List.copyOf(cases);
  }

  /**
   * The number of forks of each case that was fixed in advance, as {@code --forks} says: how many
   * more there are may depend on them.
   */
  public int firstStage() {
    int flag = arguments.indexOf("--forks");
    if (flag >= 0 && flag + 1 < arguments.size()) {
      Matcher fewest = FEWEST.matcher(arguments.get(flag + 1));
      return fewest.matches() ? Integer.parseInt(fewest.group(1)) : Integer.MAX_VALUE;
    }
    return arguments.contains("--versus") || arguments.contains("--versus-build") ? 12 : 3;
  }
}
