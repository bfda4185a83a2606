package dev.lockstep.bench.flags;

import dev.lockstep.input.InputException;
import java.util.Set;

/**
 * A command that makes scenarios and knows where their values came from. What refuses a scenario
 * knows the field and the value, but neither flag nor file.
 */
public interface NamesScenario {

  /** Sources of faults in what a scenario says, wherever it came from. */
  Set<String> SOURCES = Set.of("scenario", "network");

  /**
   * The flag or file that a field of a scenario came from.
   *
   * @param field the name of a field in a file; {@code hidden} for the network and its layers
   */
  String sourceOf(String field);

  /** The failure of a command, with the flag or file if a scenario was refused. */
  static Exception named(Exception failure, Object command) {
    if (!(failure instanceof InputException fault
        && command instanceof NamesScenario scenario
        && SOURCES.contains(fault.source()))) {
      return failure;
    }
    String field = fault.field();
    boolean ofLayers =
        field.equals("network") || field.equals("width") || field.startsWith("layer ");
    return fault.from(scenario.sourceOf(ofLayers ? "hidden" : field));
  }
}
