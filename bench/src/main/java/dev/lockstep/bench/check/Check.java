package dev.lockstep.bench.check;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.Axes;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.CellRun;
import dev.lockstep.bench.cells.EdgeCases;
import dev.lockstep.bench.cells.ExactData;
import dev.lockstep.bench.cells.LostDevice;
import dev.lockstep.bench.cells.OwnOrders;
import dev.lockstep.bench.cells.ZeroStart;
import dev.lockstep.bench.report.ForeignText;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.data.Dataset;
import dev.lockstep.program.ProductShape;
import dev.lockstep.scenario.DataSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A check of backends: cells that all backends run, wide cells for backends on a device, exact
 * data, edge cases and zero weights.
 *
 * @param source where the data come from
 * @param data the data, loaded from {@code source}
 * @param seed seeds parameters, batches and noise
 * @param steps number of steps of a cell that is not wide
 * @param chosen the backends asked for, including those that cannot run
 * @param named whether they were asked for by name, which makes it a fault if one cannot run
 * @param cells the cells that all backends run
 * @param wide the cells that only backends on a device run
 * @param orders how much time goes into the orders in which libraries add
 * @param flags flags that differ from the default, each after a space, for commands that repeat a
 *     cell
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
    OwnOrders.Effort orders,
    String flags) {

  /** Widths of the wide cells on an emulated device. */
  private static final List<Integer> STAND_INS = List.of(129);

  /** Returns a check of these backends with the default cells on the default data. */
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
        OwnOrders.Effort.USUAL,
        "");
  }

  /** Returns the backends on a device that can run. */
  static List<Candidate> onDevice(List<Candidate> chosen) {
    return chosen.stream().filter(c -> c.onDevice() && c.available()).toList();
  }

  /**
   * Runs the check, the wide cells first because they take seconds. Before any cell runs, all of
   * them are prepared without their parameters, so that bad input for a late cell is reported at
   * once.
   *
   * @param timeIsUp asked before each cell; the cell is left out if true
   * @throws dev.lockstep.input.InputException if a cell cannot be run
   */
  public CheckReport run(BooleanSupplier timeIsUp) {
    return run(timeIsUp, _ -> {});
  }

  /**
   * Runs the check as {@link #run(BooleanSupplier)} does.
   *
   * @param ended called with the result of each cell as soon as there is one
   */
  CheckReport run(BooleanSupplier timeIsUp, Consumer<CellResult> ended) {
    Instant started = Instant.now();
    List<Backend> runnable = runnable();
    List<Backend> devices = onDevice(chosen).stream().map(Candidate::backend).toList();
    LostDevice lost = new LostDevice();
    require();
    var exactData =
        ProgressDisplay.during("exact data", () -> ExactData.of(runnable, lost, resources, seed));
    var edgeCases =
        ProgressDisplay.during("edge cases", () -> EdgeCases.of(runnable, lost, resources, seed));
    var zeroStart =
        ProgressDisplay.during(
            "zero weights", () -> ZeroStart.of(runnable, lost, resources, source, data, seed));
    try (OwnOrders own = new OwnOrders(orders)) {
      List<CellResult> ofWide =
          all(
              "wide",
              runs(wide, CellRun.WIDE_STEPS, devices, lost, own),
              CellRun::wide,
              devices.size(),
              timeIsUp,
              ended);
      List<CellRun> usual = runs(cells, steps, runnable, lost, own);
      reveal(own, usual, runnable, lost);
      List<CellResult> results =
          new ArrayList<>(all("check", usual, CellRun::sideBySide, 1, timeIsUp, ended));
      results.addAll(ofWide);
      return new CheckReport(
          results,
          exactData,
          edgeCases,
          zeroStart,
          DataAdvice.of(source, data),
          chosen,
          named,
          steps,
          started,
          this::repeating,
          own.summary(),
          Optional.empty());
    }
  }

  /** Reveals the orders in which libraries compute the products of the cells. */
  private void reveal(OwnOrders own, List<CellRun> runs, List<Backend> runnable, LostDevice lost) {
    Set<ProductShape> shapes =
        own.libraries(runnable).isEmpty()
            ? Set.of()
            : runs.stream().flatMap(CellRun::products).collect(Collectors.toSet());
    long all = (long) shapes.size() * own.libraries(runnable).size();
    try (ProgressDisplay progress = ProgressDisplay.of("orders of addition", all)) {
      own.reveal(runnable, resources, lost, shapes, progress::step);
    }
  }

  private List<Backend> runnable() {
    return chosen.stream().filter(Candidate::available).map(Candidate::backend).toList();
  }

  /**
   * Prepares all cells without their parameters, so that bad input for a late cell is reported
   * before any is listed or run.
   *
   * @throws dev.lockstep.input.InputException if a cell cannot be run
   */
  void require() {
    LostDevice lost = new LostDevice();
    try (OwnOrders none = new OwnOrders(OwnOrders.Effort.NONE)) {
      for (CellRun run : runs(cells, steps, runnable(), lost, none)) {
        run.memory().require(run.scenario().network(data));
        run.scenario().prepareOnReading(data);
      }
      for (CellRun run : runs(wide, CellRun.WIDE_STEPS, List.of(), lost, none)) {
        run.scenario().prepareOnReading(data);
      }
    }
  }

  private List<CellRun> runs(
      List<Cell> some, int stepsOfEach, List<Backend> backends, LostDevice lost, OwnOrders own) {
    return some.stream()
        .map(
            cell ->
                new CellRun(
                    cell,
                    cell.scenario(source, stepsOfEach, seed),
                    data,
                    backends,
                    resources,
                    lost,
                    own))
        .toList();
  }

  private List<CellResult> all(
      String task,
      List<CellRun> runs,
      BiFunction<CellRun, Runnable, CellResult> way,
      int groups,
      BooleanSupplier timeIsUp,
      Consumer<CellResult> ended) {
    List<CellResult> results = new ArrayList<>();
    long all =
        runs.stream().mapToLong(run -> run.scenario().steps() * run.cell().work(data)).sum()
            * groups;
    try (ProgressDisplay progress = ProgressDisplay.of(task, all)) {
      for (CellRun run : runs) {
        if (!timeIsUp.getAsBoolean()) {
          progress.message(run.cell().name());
          long work = run.cell().work(data);
          results.add(way.apply(run, () -> progress.step(work)));
          ended.accept(results.getLast());
        }
      }
    }
    return results;
  }

  /** Returns the names of the cells that the report lacks because time was up. */
  public List<String> leftOut(CheckReport report) {
    List<Cell> run = report.results().stream().map(CellResult::cell).toList();
    return Stream.concat(wide.stream(), cells.stream())
        .filter(cell -> !run.contains(cell))
        .map(Cell::name)
        .toList();
  }

  /** Returns the command line that repeats a cell. */
  private String repeating(Cell cell) {
    return "lockstep check "
        + (wide.contains(cell)
            ? "--wide " + cell.width()
            : "--width " + cell.width() + " --steps " + steps)
        + String.format(
            Locale.ROOT,
            " --batch %d --depth %d --activation %s --init %s --optimizer %s --loss %s --noise %s"
                + " --normalization %s --seed %d",
            cell.batch(),
            cell.depth(),
            cell.activation().label(),
            ForeignText.shellWord(cell.init()),
            cell.optimizer().label(),
            cell.loss().label(),
            cell.noise(),
            cell.normalization().label(),
            seed)
        + flags;
  }
}
