package dev.lockstep.bench.cells;

import dev.lockstep.model.Network;
import dev.lockstep.scenario.Scenario;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one cell.
 *
 * @param cell the combination of values
 * @param scenario the scenario that ran it
 * @param network the network that was trained
 * @param outcomes one for each backend that ran to the end, in the order of the backends
 * @param interruptions one for each backend that did not run to the end
 * @param narrowAccuracy test accuracy of the quotient network, with one unit per hidden layer; null
 *     if the units did not start equal, noise separated them, or no oracle ran
 */
public record CellResult(
    Cell cell,
    Scenario scenario,
    Network network,
    List<Outcome> outcomes,
    List<Interruption> interruptions,
    @Nullable Double narrowAccuracy)
    implements Experiment<Outcome> {

  public CellResult {
    outcomes = List.copyOf(outcomes);
    interruptions = List.copyOf(interruptions);
  }

  /** Returns whether the units started equal and no noise separated them. */
  public boolean equal() {
    return scenario.unitsStayEqual();
  }

  /** Returns whether the units started different. */
  public boolean random() {
    return !scenario.initialization().unitsStartEqual();
  }
}
