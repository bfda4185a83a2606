package dev.lockstep.bench.check;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Dataset;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Quotient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs one cell: all backends step by step side by side, each step compared before the next. One
 * that fails drops out and the others go on.
 */
final class CellRun {

  /** Up to this many multiplications a step the oracles run every step; beyond it the first few. */
  static final long SMALL_STEP = 50_000_000;

  /** Steps of an oracle in a cell of large steps. */
  static final int FEW_STEPS = 10;

  private final Cell cell;
  private final Scenario scenario;
  private final Workload workload;
  private final List<Backend> backends;
  private final Resources resources;

  /**
   * What a cell needs of the JVM's heap: the data; for each backend a trainer, its parameters
   * before and after a step, what the optimiser's rule keeps, twice copied, and the probe; for the
   * judge two oracles, what one keeps of a step, the bounds on gradients and on parameters, and the
   * parameters they are held against.
   */
  static MemoryNeed memory(Scenario scenario, Dataset data, List<Backend> backends) {
    Network network = scenario.network(data);
    int batch = scenario.batch();
    MemoryNeed need =
        MemoryNeed.ofData(data)
            .plus(MemoryNeed.ofInitialParameters(network))
            .plus(MemoryNeed.ofDivergence(network));
    for (Backend backend : backends) {
      int bytes = backend.elementBytes();
      need =
          need.plus(backend.trainerHeap(network, batch, data.test().rows()))
              .plus(MemoryNeed.ofParameters(network, bytes))
              .plus(MemoryNeed.ofParameters(network, bytes))
              .plus(MemoryNeed.ofProbe(network, batch, bytes))
              .plus(MemoryNeed.ofMoments(network, scenario.learning().rule(), 3 * bytes));
    }
    Optional<Backend> judge = judge(backends);
    if (judge.isPresent()) {
      int bytes = judge.get().elementBytes();
      need =
          need.plus(judge.get().trainerHeap(network, batch, 0))
              .plus(MemoryNeed.ofProbe(network, batch, bytes))
              .plus(MemoryNeed.ofParameters(network, bytes))
              .plus(MemoryNeed.ofParameters(network, bytes))
              .plus(MemoryNeed.ofParameters(network, bytes))
              .plus(MemoryNeed.ofMoments(network, scenario.learning().rule(), bytes));
    }
    return need;
  }

  /** Judges single steps: the oracle among the backends; a library is never without one. */
  private static Optional<Backend> judge(List<Backend> backends) {
    Optional<Backend> named = ofKind(backends, Kind.ORACLE);
    return named.isPresent() || backends.stream().noneMatch(b -> b.kind().isLibrary())
        ? named
        : ofKind(Backends.all(), Kind.ORACLE);
  }

  private static Optional<Backend> ofKind(List<Backend> backends, Kind kind) {
    return backends.stream().filter(backend -> backend.kind() == kind).findFirst();
  }

  CellRun(Cell cell, Scenario scenario, Dataset data, List<Backend> backends, Resources resources) {
    this.cell = cell;
    this.scenario = scenario;
    this.workload = scenario.prepare(data);
    this.backends = backends;
    this.resources = resources;
  }

  /** Told after every step. */
  interface Progress {
    void step();
  }

  CellResult run(Progress progress) {
    boolean equal = scenario.unitsStayEqual();
    try (Contenders contenders = new Contenders()) {
      for (Backend backend : backends) {
        contenders.open(
            backend, () -> new Contender(backend, workload, resources, stepsOf(backend), equal));
      }
      runAll(contenders, progress);
      List<Outcome> outcomes = new ArrayList<>();
      contenders.each("after the last step", c -> outcomes.add(c.outcome(scenario.steps())));
      contenders.closeEach();
      return new CellResult(
          cell,
          scenario,
          workload.network(),
          RunJudge.judged(outcomes, workload.data().test().rows(), RunJudge.Classes.of(scenario)),
          contenders.interruptions(),
          narrow(equal));
    }
  }

  private void runAll(Contenders contenders, Progress progress) {
    try (@Nullable StepJudge judge =
        judge(backends).map(oracle -> new StepJudge(oracle, workload)).orElse(null)) {
      Comparison comparison = new Comparison(contenders.running(), judge);
      for (int step = 1; step <= scenario.steps(); step++) {
        int number = step;
        contenders.each(
            "in step " + step,
            contender -> {
              if (contender.runs(number)) {
                contender.step();
              }
            });
        comparison.after(step, contenders.running().stream().filter(c -> c.runs(number)).toList());
        progress.step();
      }
      comparison.conclude(contenders.running());
    }
  }

  /** Test accuracy of the network with one unit a layer, in binary64, where there is an oracle. */
  private @Nullable Double narrow(boolean equal) {
    Backend oracle =
        backends.stream().filter(b -> b.kind() == Kind.ORACLE).findFirst().orElse(null);
    if (!equal || oracle == null) {
      return null;
    }
    try (Trainer trainer = oracle.open(Quotient.workload(workload), resources)) {
      trainer.run(scenario.steps());
      return trainer.evaluate(workload.data().test()).accuracy();
    }
  }

  /** The slow backends run every step of small cells and the first few of large ones. */
  private int stepsOf(Backend backend) {
    boolean slow = backend.speed() == Backend.Speed.REFERENCE;
    boolean large =
        cell.multiplications(workload.network().inputs(), workload.network().outputs())
            > SMALL_STEP;
    return slow && large ? Math.min(FEW_STEPS, scenario.steps()) : scenario.steps();
  }
}
