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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Runs one cell: backends step by step, each judged. One that fails drops out and the others go on.
 *
 * @param scenario of the cell
 * @param data of the scenario
 */
public record CellRun(
    Cell cell, Scenario scenario, Dataset data, List<Backend> backends, Resources resources) {

  /** Up to this many multiplications a step the oracles run every step; beyond it the first few. */
  static final long SMALL_STEP = 50_000_000;

  /** Steps of an oracle in a cell of large steps. */
  public static final int FEW_STEPS = 10;

  /** Steps of a wide cell: under the rates of a cell the units move by more than a tenth. */
  public static final int WIDE_STEPS = 20;

  /**
   * What the backends side by side need of the JVM's heap: the data; for each a trainer, its
   * parameters before and after a step, what the optimiser's rule keeps, twice copied, and the
   * probe; for the judge two oracles, what one keeps of a step, the bounds on gradients and on
   * parameters, and the parameters they are held against.
   */
  public MemoryNeed memory() {
    Network network = scenario.network(data);
    MemoryNeed need =
        MemoryNeed.ofData(data)
            .plus(MemoryNeed.ofInitialParameters(network))
            .plus(MemoryNeed.ofDivergence(network));
    for (Backend backend : backends) {
      need = need.plus(ofTrainer(backend, network, data.test().rows(), 2, 3));
    }
    return judge().map(oracle -> ofTrainer(oracle, network, 0, 3, 1)).map(need::plus).orElse(need);
  }

  /** A trainer and its probe, with so many copies of its parameters and of its moments. */
  private MemoryNeed ofTrainer(
      Backend backend, Network network, int evaluatedRows, int parameters, int moments) {
    int bytes = backend.elementBytes();
    return backend
        .trainerHeap(network, scenario.batch(), evaluatedRows)
        .plus(MemoryNeed.ofProbe(network, scenario.batch(), bytes))
        .plus(MemoryNeed.ofParameters(network, parameters * bytes))
        .plus(MemoryNeed.ofMoments(network, scenario.learning().rule(), moments * bytes));
  }

  /** Judges single steps: the oracle among the backends; a library is never without one. */
  private Optional<Backend> judge() {
    Optional<Backend> named = ofKind(backends, Kind.ORACLE);
    return named.isPresent() || backends.stream().noneMatch(b -> b.kind().isLibrary())
        ? named
        : ofKind(Backends.all(), Kind.ORACLE);
  }

  private static Optional<Backend> ofKind(List<Backend> backends, Kind kind) {
    return backends.stream().filter(backend -> backend.kind() == kind).findFirst();
  }

  /** All backends side by side, each step compared before the next. */
  public CellResult sideBySide(Runnable progress) {
    Workload workload = scenario.prepare(data);
    return run(
        workload,
        scenario::prepare,
        List.of(backends),
        _ -> new Comparison(judge(), workload, resources),
        ofKind(backends, Kind.ORACLE),
        progress);
  }

  /**
   * A network too wide to be trained a second time, on backends whose tensors lie on a device: one
   * after the other, since each may need most of its memory.
   *
   * <p>Equal units need no reference to be compared with, and {@link Samples} judges single steps.
   * Parameters are drawn row by row on their way to the device and never copied back whole.
   */
  public CellResult wide(Runnable progress) {
    Workload workload = scenario.prepareOnReading(data);
    return run(
        workload,
        scenario::prepareOnReading,
        backends.stream().map(List::of).toList(),
        group -> new Samples(group.getFirst(), workload, resources, scenario.seed()),
        Optional.of(Backends.oracle()),
        progress);
  }

  /**
   * Runs all steps of each group of backends.
   *
   * @param progress told after every step of a group
   */
  private CellResult run(
      Workload workload,
      Function<Dataset, Workload> prepared,
      List<List<Backend>> groups,
      Function<List<Backend>, Judge> judges,
      Optional<Backend> oracle,
      Runnable progress) {
    List<Outcome> outcomes = new ArrayList<>();
    List<Interruption> interruptions = new ArrayList<>();
    for (List<Backend> group : groups) {
      try (Contenders contenders = new Contenders()) {
        try (Judge judge = judges.apply(group)) {
          run(group, contenders, judge, progress);
        }
        contenders.each(
            "after the last step", c -> outcomes.add(c.outcome(scenario.steps(), data.test())));
        contenders.closeEach();
        interruptions.addAll(contenders.interruptions());
      }
    }
    Nearby nearby = new Nearby(prepared, data, resources, scenario.seed());
    return new CellResult(
        cell,
        scenario,
        workload.network(),
        RunJudge.judged(
            outcomes,
            data.test().rows(),
            RunJudge.Classes.of(scenario),
            (exact, library) ->
                nearby.accuracies(
                    named(exact.backend()),
                    named(library.backend()).operandRounding(),
                    exact.steps())),
        interruptions,
        oracle
            .filter(_ -> scenario.unitsStayEqual())
            .map(each -> narrow(each, workload))
            .orElse(null));
  }

  private Backend named(String name) {
    return backends.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  private void run(List<Backend> group, Contenders contenders, Judge judge, Runnable progress) {
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

  /** Test accuracy of the network with one unit a layer, in binary64. */
  private double narrow(Backend oracle, Workload workload) {
    try (Trainer trainer = oracle.open(Quotient.workload(workload), resources)) {
      trainer.run(scenario.steps());
      return trainer.evaluate(data.test()).accuracy();
    }
  }

  /** The slow backends run every step of small cells and the first few of large ones. */
  private int stepsOf(Backend backend) {
    boolean slow = backend.speed() == Backend.Speed.REFERENCE;
    boolean large = cell.multiplications(data.inputs(), data.classes()) > SMALL_STEP;
    return slow && large ? Math.min(FEW_STEPS, scenario.steps()) : scenario.steps();
  }
}
