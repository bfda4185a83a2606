package dev.lockstep.bench.check;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.data.Dataset;
import dev.lockstep.scenario.DataSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/** The check of all backends with its usual cells, as a part of something larger. */
public final class SuiteCheck {

  /** Of an emulated device, in place of the wide cells of a GPU. */
  private static final List<Integer> STAND_INS = List.of(129);

  private SuiteCheck() {}

  /**
   * What it came to.
   *
   * @param json as {@code check --json} writes it
   * @param details as {@code check} prints them, before the verdict
   * @param verdict as {@code check} prints it
   * @param exitCode as {@code check} exits
   * @param leftOut cells for which there was no time
   */
  public record Result(
      ObjectNode json,
      Consumer<Printer> details,
      String verdict,
      int exitCode,
      List<String> leftOut) {}

  /**
   * Runs it: the wide cells first, which only a GPU has and which take seconds.
   *
   * @param backends all of them
   * @param timeIsUp asked before each cell
   */
  public static Result run(
      List<Candidate> backends, Resources resources, BooleanSupplier timeIsUp) {
    Instant started = Instant.now();
    Predicate<Candidate> onCuda = backend -> backend.onDevice() && backend.available();
    boolean emulated =
        backends.stream().filter(onCuda).anyMatch(b -> b.hardware() == Hardware.EMULATED);
    List<Backend> devices = backends.stream().filter(onCuda).map(Candidate::backend).toList();
    List<Backend> runnable =
        backends.stream().filter(Candidate::available).map(Candidate::backend).toList();
    DataSource source = new DataSource.EmbeddedDigits();
    long seed = CheckCommand.DEFAULT_SEED;
    int steps = CheckCommand.DEFAULT_STEPS;
    Dataset data = source.load(seed);
    CellsRun run = new CellsRun(source, data, seed, steps, resources, runnable);
    List<Cell> cells = (emulated ? Axes.EMULATED : Axes.DEFAULT).cells();
    List<Cell> wide =
        devices.isEmpty()
            ? List.of()
            : WideCells.of(emulated ? WideCells.USUAL.withWidths(STAND_INS) : WideCells.USUAL);
    ExactData exactData = ExactData.of(runnable, resources, seed);
    ZeroStart zeroStart = ZeroStart.of(runnable, resources, source, data, seed);
    List<CellResult> ofWide = run.allWide(wide, devices, timeIsUp);
    List<CellResult> results = new ArrayList<>(run.all(cells, timeIsUp));
    results.addAll(ofWide);
    CheckReport report =
        new CheckReport(
            results,
            exactData,
            zeroStart,
            DataAdvice.none(),
            backends,
            false,
            steps,
            started,
            cell -> CheckCommand.repeating(cell, wide, steps, seed));
    CheckText text = new CheckText(report);
    return new Result(
        CheckJson.of(report, report.exitCode()),
        text::details,
        text.verdict(),
        report.exitCode(),
        run.leftOut());
  }
}
