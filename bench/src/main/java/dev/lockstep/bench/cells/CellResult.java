package dev.lockstep.bench.cells;

import dev.lockstep.model.Network;
import dev.lockstep.scenario.Scenario;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one cell.
 *
 * @param cell the combination
 * @param scenario what it fixed
 * @param network what was trained
 * @param outcomes one a backend that ran to its end, in the order of the backends
 * @param interruptions one a backend that did not
 * @param narrowAccuracy test accuracy of the one-unit network the cell should equal; null if the
 *     cell is random or there was no oracle
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

  /** Whether the units started equal and nothing set them apart. */
  public boolean equal() {
    return scenario.unitsStayEqual();
  }

  /** Whether the units started different; those that noise sets apart did not. */
  public boolean random() {
    return !scenario.initialization().unitsStartEqual();
  }
}
