package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Dataset;
import dev.lockstep.model.Network;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductShape;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Quotient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs one cell step by step on several backends and judges each. A backend that fails drops out;
 * the others go on.
 *
 * @param scenario the cell's scenario
 * @param data the scenario's data
 * @param lost whether the device of some backends was lost, in this cell or before it
 * @param orders the orders in which libraries add
 */
public record CellRun(
    Cell cell,
    Scenario scenario,
    Dataset data,
    List<Backend> backends,
    Resources resources,
    LostDevice lost,
    OwnOrders orders) {

  /** A cell that is the first to use the device. */
  public CellRun(
      Cell cell, Scenario scenario, Dataset data, List<Backend> backends, Resources resources) {
    this(
        cell,
        scenario,
        data,
        backends,
        resources,
        new LostDevice(),
        new OwnOrders(OwnOrders.Effort.NONE));
  }

  /**
   * Slow backends run every step if a step has at most this many multiplications, and else only the
   * first {@link #FEW_STEPS}.
   */
  static final long SMALL_STEP = 50_000_000;

  /** Steps of a slow backend in a cell with large steps. */
  public static final int FEW_STEPS = 10;

  /** Steps of a wide cell; in these the units move by more than a tenth of their norm. */
  public static final int WIDE_STEPS = 20;

  /** Returns the shapes of the products of a step. */
  public Stream<ProductShape> products() {
    return scenario.prepareOnReading(data).program().ops().stream()
        .filter(Op.Product.class::isInstance)
        .map(op -> ((Op.Product) op).shape());
  }

  /**
   * Returns the JVM heap that {@link #sideBySide} needs. It holds the data; for each backend a
   * trainer, a probe, the parameters before and after a step, and the optimiser's moments with
   * three copies; and for the judge two oracles, the probe of one, the bounds on gradients and
   * parameters, and the parameters compared with them.
   */
  public MemoryNeed memory() {
    Network network = scenario.network(data);
    MemoryNeed need =
        MemoryNeed.ofData(data)
            .plus(MemoryNeed.ofInitialParameters(network))
            .plus(MemoryNeed.ofDivergence(network));
    for (Backend backend : backends) {
      need = need.plus(ofTrainer(backend, network, data.test().rows(), 2, 4));
    }
    return judge().map(oracle -> ofTrainer(oracle, network, 0, 3, 1)).map(need::plus).orElse(need);
  }

  /**
   * Returns the heap of a trainer, its probe, and the given numbers of copies of parameters and
   * moments.
   */
  private MemoryNeed ofTrainer(
      Backend backend, Network network, int evaluatedRows, int parameters, int moments) {
    int bytes = backend.elementBytes();
    return backend
        .trainerHeap(network, scenario.batch(), evaluatedRows)
        .plus(MemoryNeed.ofProbe(network, scenario.batch(), bytes))
        .plus(MemoryNeed.ofParameters(network, parameters * bytes))
        .plus(MemoryNeed.ofMoments(network, scenario.learning().rule(), moments * bytes));
  }

  /**
   * Returns the oracle that judges single steps: the one among the backends, or, if there is none
   * but a library runs, the usual one.
   */
  private Optional<Backend> judge() {
    Optional<Backend> named = ofKind(backends, Kind.ORACLE);
    return named.isPresent() || backends.stream().noneMatch(b -> b.kind().isLibrary())
        ? named
        : ofKind(Backends.all(), Kind.ORACLE);
  }

  private static Optional<Backend> ofKind(List<Backend> backends, Kind kind) {
    return backends.stream().filter(backend -> backend.kind() == kind).findFirst();
  }

  /**
   * Runs all backends side by side and compares them after each step.
   *
   * @param progress called after every step
   */
  public CellResult sideBySide(Runnable progress) {
    Workload workload = scenario.prepare(data);
    return run(
        workload,
        scenario::prepare,
        List.of(backends),
        _ -> new Comparison(judge(), workload, resources, orders),
        ofKind(backends, Kind.ORACLE),
        progress);
  }

  /**
   * Runs a network that is too wide to train a second time for comparison. Its backends keep their
   * tensors on a device and run one after the other, because each may need most of the device's
   * memory.
   *
   * <p>Lockstep of equal units needs no reference, and {@link Samples} judges single steps.
   * Parameters are drawn row by row during the upload and never copied back whole.
   *
   * @param progress called after every step of every backend
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
   * Runs all steps of each group of backends, one group after the other.
   *
   * @param progress called after every step of a group
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
      try (Contenders contenders = new Contenders(lost)) {
        try (Judge judge = judges.apply(group)) {
          run(group, contenders, judge, progress);
        }
        contenders.each(
            "after the last step",
            c -> outcomes.add(explained(c.backend, c.outcome(scenario.steps(), data.test()))));
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

  private Outcome explained(Backend backend, Outcome outcome) {
    return outcome.with(orders.explained(backend, resources, lost, outcome.lockstep()));
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
      contenders.each(
          step == scenario.steps() ? "after the last step" : "after step " + step,
          contender -> judge.afterwards(number, contender));
      progress.run();
    }
    judge.conclude(contenders.running());
  }

  /**
   * Returns the test accuracy, in binary64, of the quotient network with one unit per hidden layer.
   */
  private double narrow(Backend oracle, Workload workload) {
    try (Trainer trainer = oracle.open(Quotient.workload(workload), resources)) {
      trainer.run(scenario.steps());
      return trainer.evaluate(data.test()).accuracy();
    }
  }

  /**
   * Returns the number of steps a backend runs: all, except for slow backends in cells with large
   * steps.
   */
  private int stepsOf(Backend backend) {
    boolean slow = backend.speed() == Backend.Speed.REFERENCE;
    boolean large = cell.multiplications(data.inputs(), data.classes()) > SMALL_STEP;
    return slow && large ? Math.min(FEW_STEPS, scenario.steps()) : scenario.steps();
  }
}
