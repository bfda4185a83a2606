package dev.lockstep.bench.cells;

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
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs one cell: backends step by step, each judged. One that fails drops out, others go on. */
public final class CellRun {

  /** Up to this many multiplications a step the oracles run every step; beyond it the first few. */
  static final long SMALL_STEP = 50_000_000;

  /** Steps of an oracle in a cell of large steps. */
  public static final int FEW_STEPS = 10;

  /** Steps of a wide cell: under the rates of a cell the units move by more than a tenth. */
  public static final int WIDE_STEPS = 20;

  private final Cell cell;
  private final Scenario scenario;
  private final Workload workload;
  private final Nearby nearby;
  private final List<List<Backend>> groups;
  private final Function<List<Backend>, Judge> judges;
  private final Optional<Backend> oracle;
  private final Resources resources;

  /**
   * What a cell needs of the JVM's heap: the data; for each backend a trainer, its parameters
   * before and after a step, what the optimiser's rule keeps, twice copied, and the probe; for the
   * judge two oracles, what one keeps of a step, the bounds on gradients and on parameters, and the
   * parameters they are held against.
   */
  public static MemoryNeed memory(Scenario scenario, Dataset data, List<Backend> backends) {
    Network network = scenario.network(data);
    MemoryNeed need =
        MemoryNeed.ofData(data)
            .plus(MemoryNeed.ofInitialParameters(network))
            .plus(MemoryNeed.ofDivergence(network));
    int testRows = data.test().rows();
    for (Backend backend : backends) {
      need = need.plus(ofTrainer(backend, scenario, network, testRows, 2, 3));
    }
    return judge(backends)
        .map(oracle -> ofTrainer(oracle, scenario, network, 0, 3, 1))
        .map(need::plus)
        .orElse(need);
  }

  /** A trainer and its probe, with so many copies of its parameters and of its moments. */
  private static MemoryNeed ofTrainer(
      Backend backend,
      Scenario scenario,
      Network network,
      int evaluatedRows,
      int parameters,
      int moments) {
    int bytes = backend.elementBytes();
    return backend
        .trainerHeap(network, scenario.batch(), evaluatedRows)
        .plus(MemoryNeed.ofProbe(network, scenario.batch(), bytes))
        .plus(MemoryNeed.ofParameters(network, parameters * bytes))
        .plus(MemoryNeed.ofMoments(network, scenario.learning().rule(), moments * bytes));
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

  private CellRun(
      Cell cell,
      Scenario scenario,
      Workload workload,
      Nearby nearby,
      List<List<Backend>> groups,
      Function<List<Backend>, Judge> judges,
      Optional<Backend> oracle,
      Resources resources) {
    this.cell = cell;
    this.scenario = scenario;
    this.workload = workload;
    this.nearby = nearby;
    this.groups = groups;
    this.judges = judges;
    this.oracle = oracle;
    this.resources = resources;
  }

  /** All backends side by side, each step compared before the next. */
  public static CellRun sideBySide(
      Cell cell, Scenario scenario, Dataset data, List<Backend> backends, Resources resources) {
    Workload workload = scenario.prepare(data);
    return new CellRun(
        cell,
        scenario,
        workload,
        new Nearby(scenario::prepare, data, resources, scenario.seed()),
        List.of(backends),
        group -> new Comparison(judge(group), workload, resources),
        ofKind(backends, Kind.ORACLE),
        resources);
  }

  /**
   * A network too wide to be trained a second time, on the backends whose tensors lie on a device:
   * one after the other, since each may need most of its memory.
   *
   * <p>Equal units need no reference to be compared with, and {@link Samples} judges single steps.
   * Parameters are drawn row by row on their way to the device and never copied back whole.
   */
  public static CellRun wide(
      Cell cell, Scenario scenario, Dataset data, List<Backend> onDevice, Resources resources) {
    Workload workload = scenario.prepareOnReading(data);
    return new CellRun(
        cell,
        scenario,
        workload,
        new Nearby(scenario::prepareOnReading, data, resources, scenario.seed()),
        onDevice.stream().map(List::of).toList(),
        group -> new Samples(group.getFirst(), workload, resources, scenario.seed()),
        Optional.of(Backends.oracle()),
        resources);
  }

  /**
   * Runs all steps.
   *
   * @param progress told after every step of a group of backends
   */
  public CellResult run(Runnable progress) {
    List<Outcome> outcomes = new ArrayList<>();
    List<Interruption> interruptions = new ArrayList<>();
    for (List<Backend> group : groups) {
      try (Contenders contenders = new Contenders()) {
        run(group, contenders, progress);
        contenders.each(
            "after the last step",
            c -> outcomes.add(c.outcome(scenario.steps(), workload.data().test())));
        contenders.closeEach();
        interruptions.addAll(contenders.interruptions());
      }
    }
    return new CellResult(
        cell,
        scenario,
        workload.network(),
        RunJudge.judged(
            outcomes,
            workload.data().test().rows(),
            RunJudge.Classes.of(scenario),
            this::accuraciesNearby),
        interruptions,
        narrow());
  }

  private DoubleSummaryStatistics accuraciesNearby(Outcome exact, Outcome library) {
    return nearby.accuracies(
        named(exact.backend()), named(library.backend()).operandRounding(), exact.steps());
  }

  private Backend named(String name) {
    return groups.stream()
        .flatMap(List::stream)
        .filter(backend -> backend.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void run(List<Backend> group, Contenders contenders, Runnable progress) {
    try (Judge judge = judges.apply(group)) {
      boolean equal = scenario.unitsStayEqual();
      for (Backend backend : group) {
        contenders.open(
            backend, () -> new Contender(backend, judge.open(backend), stepsOf(backend), equal));
      }
      for (int step = 1; step <= scenario.steps(); step++) {
        int number = step;
        contenders.each(
            "in step " + step,
            contender -> {
              if (contender.runs(number)) {
                judge.before(contender);
                contender.step(loss -> judge.after(contender, loss));
              }
            });
        judge.afterAll(step, contenders.running().stream().filter(c -> c.runs(number)).toList());
        progress.run();
      }
      judge.conclude(contenders.running());
    }
  }

  /** Test accuracy of the network with one unit a layer, in binary64, where there is an oracle. */
  private @Nullable Double narrow() {
    if (!scenario.unitsStayEqual() || oracle.isEmpty()) {
      return null;
    }
    try (Trainer trainer = oracle.get().open(Quotient.workload(workload), resources)) {
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
