package dev.lockstep.bench.check;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.data.Dataset;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Runs cells one after the other, until the last or until time is up. */
final class CellsRun {

  private final DataSource source;
  private final Dataset data;
  private final long seed;
  private final int steps;
  private final Resources resources;
  private final List<Backend> runnable;
  private final List<String> leftOut = new ArrayList<>();

  /**
   * @param steps of a cell that is not wide
   * @param runnable backends of a cell that is not wide
   */
  CellsRun(
      DataSource source,
      Dataset data,
      long seed,
      int steps,
      Resources resources,
      List<Backend> runnable) {
    this.source = source;
    this.data = data;
    this.seed = seed;
    this.steps = steps;
    this.resources = resources;
    this.runnable = runnable;
  }

  /**
   * Prepares every cell before any runs, all but its parameters, so that a fault in the last is
   * told at once.
   *
   * @throws dev.lockstep.input.InputException if one cannot be run
   */
  void prepareAll(List<Cell> cells) {
    for (Cell cell : cells) {
      Scenario scenario = cell.scenario(source, steps, seed);
      CellRun.memory(scenario, data, runnable).require(scenario.network(data));
      scenario.prepareOnReading(data);
    }
  }

  /** Runs cells on all backends. */
  List<CellResult> all(List<Cell> cells, BooleanSupplier timeIsUp) {
    List<CellResult> results = new ArrayList<>();
    try (ProgressDisplay progress = ProgressDisplay.of("check", (long) cells.size() * steps)) {
      for (Cell cell : cells) {
        if (timeIsUp.getAsBoolean()) {
          leftOut.add(cell.name());
          continue;
        }
        progress.message(cell.name());
        results.add(
            new CellRun(cell, cell.scenario(source, steps, seed), data, runnable, resources)
                .run(progress::step));
      }
    }
    return results;
  }

  /** Runs wide cells. */
  List<CellResult> allWide(List<Cell> cells, List<Backend> onCuda, BooleanSupplier timeIsUp) {
    List<CellResult> results = new ArrayList<>();
    long all = (long) cells.size() * WideRun.STEPS * onCuda.size();
    try (ProgressDisplay progress = ProgressDisplay.of("wide", all)) {
      for (Cell cell : cells) {
        if (timeIsUp.getAsBoolean()) {
          leftOut.add(cell.name());
          continue;
        }
        progress.message(cell.name());
        Scenario scenario = cell.scenario(source, WideRun.STEPS, seed);
        results.add(new WideRun(cell, scenario, data, onCuda, resources).run(progress::step));
      }
    }
    return results;
  }

  /** Names of the cells for which there was no time. */
  List<String> leftOut() {
    return List.copyOf(leftOut);
  }
}
