package dev.lockstep.bench.check;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.CellRun;
import dev.lockstep.bench.cells.EdgeCases;
import dev.lockstep.bench.cells.ExactData;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.FaultyBackend;
import dev.lockstep.bench.cells.LostDevice;
import dev.lockstep.bench.cells.OwnOrders;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.cpu.FaultyScalar;
import dev.lockstep.cpu.FaultyScalar.Fault;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.scenario.DataSource;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** A check of one cell whose units come apart, on an exact backend and a library, as JSON. */
public final class WrittenCheck {

  private static final Resources ONE = new Resources(1);
  private static final int STEPS = 3;

  private WrittenCheck() {}

  /** Runs the check. */
  public static ObjectNode json() {
    List<Backend> backends =
        List.of(
            new FaultyBackend(Backends.named("test", "vector"), 2),
            new FaultyScalar("library", Kind.LIBRARY, Fault.NONE));
    Cell cell = new Cell(2, 7, 1, Activation.TANH, "equal");
    LostDevice lost = new LostDevice();
    CheckReport report;
    try (OwnOrders orders = new OwnOrders(OwnOrders.Effort.THOROUGH)) {
      CellRun run =
          new CellRun(
              cell,
              cell.scenario(new DataSource.EmbeddedDigits(), STEPS, 11),
              Digits.load(),
              backends,
              ONE,
              lost,
              orders);
      orders.reveal(backends, ONE, lost, run.products().collect(Collectors.toSet()), () -> {});
      report =
          new CheckReport(
              List.of(run.sideBySide(() -> {})),
              ExactData.of(backends, lost, ONE, 11),
              EdgeCases.of(backends, lost, ONE, 11),
              Experiment.none(),
              DataAdvice.none(),
              backends.stream().map(backend -> Candidate.of(backend, ONE)).toList(),
              false,
              STEPS,
              Instant.EPOCH,
              each -> "repeat " + each.name(),
              orders.summary(),
              Optional.empty());
    }
    return CheckJson.of(report, report.exitCode());
  }
}
