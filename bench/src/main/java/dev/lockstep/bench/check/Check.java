package dev.lockstep.bench.check;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.Axes;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.CellRun;
import dev.lockstep.bench.cells.ExactData;
import dev.lockstep.bench.cells.ZeroStart;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.data.Dataset;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A check of backends: cells that all of them run, wide cells for those on a device, and what is
 * asked besides.
 *
 * @param source names the data
 * @param data from there
 * @param seed of parameters, batches and noise
 * @param steps of a cell that is not wide
 * @param chosen the backends asked for, those that cannot run included
 * @param named whether they were asked for by name, so that one that cannot run is a fault
 * @param cells that all run
 * @param wide that only backends on a device run
 * @param flags that repeat what is not the usual of a check; each after a space
 */
public record Check(
    DataSource source,
    Dataset data,
    long seed,
    int steps,
    Resources resources,
    List<Candidate> chosen,
    boolean named,
    List<Cell> cells,
    List<Cell> wide,
    String flags) {

  /** Widths on an emulated device, in place of the wide cells of a GPU. */
  private static final List<Integer> STAND_INS = List.of(129);

  /** Of all backends with the usual cells on the usual data. */
  public static Check usual(List<Candidate> backends, Resources resources) {
    DataSource source = new DataSource.EmbeddedDigits();
    List<Candidate> devices = onDevice(backends);
    boolean emulated = devices.stream().anyMatch(b -> b.hardware() == Hardware.EMULATED);
    return new Check(
        source,
        source.load(Cell.USUAL_SEED),
        Cell.USUAL_SEED,
        Cell.USUAL_STEPS,
        resources,
        backends,
        false,
        (emulated ? Axes.EMULATED : Axes.DEFAULT).cells(),
        devices.isEmpty()
            ? List.of()
            : (emulated ? Axes.WIDE.withWidths(STAND_INS) : Axes.WIDE).wideCells(),
        "");
  }

  /** Those on a device that can run. */
  static List<Candidate> onDevice(List<Candidate> chosen) {
    return chosen.stream().filter(c -> c.onDevice() && c.available()).toList();
  }

  /**
   * Runs it, the wide cells first, which take seconds. Every cell is prepared before any runs, all
   * but its parameters, so that a fault in the last is told at once.
   *
   * @param timeIsUp asked before each cell
   * @throws dev.lockstep.input.InputException if a cell cannot be run
   */
  public CheckReport run(BooleanSupplier timeIsUp) {
    Instant started = Instant.now();
    List<Backend> runnable =
        chosen.stream().filter(Candidate::available).map(Candidate::backend).toList();
    List<Backend> devices = onDevice(chosen).stream().map(Candidate::backend).toList();
    for (Cell cell : cells) {
      Scenario scenario = cell.scenario(source, steps, seed);
      CellRun.memory(scenario, data, runnable).require(scenario.network(data));
      scenario.prepareOnReading(data);
    }
    var exactData = ExactData.of(runnable, resources, seed);
    var zeroStart = ZeroStart.of(runnable, resources, source, data, seed);
    List<CellResult> ofWide =
        run("wide", wide, CellRun::wide, CellRun.WIDE_STEPS, devices, devices.size(), timeIsUp);
    List<CellResult> results =
        new ArrayList<>(run("check", cells, CellRun::sideBySide, steps, runnable, 1, timeIsUp));
    results.addAll(ofWide);
    return new CheckReport(
        results,
        exactData,
        zeroStart,
        DataAdvice.of(source, data),
        chosen,
        named,
        steps,
        started,
        this::repeating);
  }

  /** How a cell is run. */
  private interface Way {
    CellRun of(
        Cell cell, Scenario scenario, Dataset data, List<Backend> backends, Resources resources);
  }

  private List<CellResult> run(
      String name,
      List<Cell> some,
      Way way,
      int stepsOfOne,
      List<Backend> backends,
      int times,
      BooleanSupplier timeIsUp) {
    List<CellResult> results = new ArrayList<>();
    try (ProgressDisplay progress =
        ProgressDisplay.of(name, (long) some.size() * stepsOfOne * times)) {
      for (Cell cell : some) {
        if (!timeIsUp.getAsBoolean()) {
          progress.message(cell.name());
          Scenario scenario = cell.scenario(source, stepsOfOne, seed);
          results.add(way.of(cell, scenario, data, backends, resources).run(progress::step));
        }
      }
    }
    return results;
  }

  /** Names of the cells that there was no time for. */
  public List<String> leftOut(CheckReport report) {
    List<Cell> run = report.results().stream().map(CellResult::cell).toList();
    return Stream.concat(wide.stream(), cells.stream())
        .filter(cell -> !run.contains(cell))
        .map(Cell::name)
        .toList();
  }

  /** The command line that repeats a cell. */
  private String repeating(Cell cell) {
    return "lockstep check "
        + (wide.contains(cell)
            ? "--wide " + cell.width()
            : "--width " + cell.width() + " --steps " + steps)
        + String.format(
            Locale.ROOT,
            " --batch %d --depth %d --activation %s --init %s --optimizer %s --loss %s --noise %s"
                + " --seed %d",
            cell.batch(),
            cell.depth(),
            cell.activation().label(),
            ShellWord.quoted(cell.init()),
            cell.optimizer().label(),
            cell.loss().label(),
            cell.noise(),
            seed)
        + flags;
  }
}
