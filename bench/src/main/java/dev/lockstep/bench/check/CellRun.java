package dev.lockstep.bench.check;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
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
 * Runs one cell: all backends step by step side by side, each step compared before the next.
 *
 * <p>The reference is the first exact backend. Exact backends are compared with it bit for bit
 * after every step that both run; the oracle judges single steps of the reference.
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
   * What a cell needs: the data; for each backend a trainer, its parameters before and after a step
   * and the probe; for the judge a second oracle, what it keeps of a step, the bounds on gradients
   * and on parameters, and the parameters they are held against.
   */
  static MemoryNeed memory(Scenario scenario, Dataset data, List<Backend> backends) {
    Network network = scenario.network(data);
    int batch = scenario.batch();
    int rows = data.test().rows();
    MemoryNeed need =
        MemoryNeed.ofData(data)
            .plus(MemoryNeed.ofInitialParameters(network))
            .plus(MemoryNeed.ofDivergence(network));
    for (Backend backend : backends) {
      int bytes = backend.kind().elementBytes();
      need =
          need.plus(MemoryNeed.ofTrainer(network, batch, rows, bytes))
              .plus(MemoryNeed.ofParameters(network, bytes))
              .plus(MemoryNeed.ofParameters(network, bytes))
              .plus(MemoryNeed.ofProbe(network, batch, bytes));
      if (backend.kind() == Kind.ORACLE) {
        need =
            need.plus(MemoryNeed.ofTrainer(network, batch, 0, bytes))
                .plus(MemoryNeed.ofProbe(network, batch, bytes))
                .plus(MemoryNeed.ofParameters(network, bytes))
                .plus(MemoryNeed.ofParameters(network, bytes))
                .plus(MemoryNeed.ofParameters(network, bytes));
      }
    }
    return need;
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
    List<Contender> contenders = new ArrayList<>();
    boolean equal = scenario.initialization().unitsStartEqual();
    try {
      for (Backend backend : backends) {
        contenders.add(new Contender(backend, workload, resources, stepsOf(backend), equal));
      }
      runAll(contenders, progress);
      List<Outcome> outcomes = contenders.stream().map(c -> c.outcome(scenario.steps())).toList();
      return new CellResult(cell, scenario, workload.network(), outcomes, narrow(equal));
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private void runAll(List<Contender> contenders, Progress progress) {
    Contender reference =
        contenders.stream().filter(c -> c.backend.kind() == Kind.EXACT).findFirst().orElse(null);
    Contender oracle =
        contenders.stream().filter(c -> c.backend.kind() == Kind.ORACLE).findFirst().orElse(null);
    List<Contender> compared = new ArrayList<>(contenders);
    compared.removeIf(c -> c == reference || c.backend.kind() != Kind.EXACT);
    try (StepJudge judge =
        oracle == null || reference == null ? null : new StepJudge(oracle.backend, workload)) {
      StepJudge.@Nullable Shares shares = null;
      int judged = 0;
      for (int step = 1; step <= scenario.steps(); step++) {
        for (Contender contender : contenders) {
          if (contender.runs(step)) {
            contender.step();
          }
        }
        if (reference != null && reference.runs(step)) {
          compare(step, reference, compared);
          StepJudge.@Nullable Shares now = judge(judge, step, reference);
          if (now != null) {
            shares = shares == null ? now : shares.max(now);
            judged++;
          }
        }
        progress.step();
      }
      conclude(reference, oracle, compared, shares, judged);
    }
  }

  /** The first difference of a backend ends its comparison. */
  private static void compare(int step, Contender reference, List<Contender> compared) {
    for (Contender other : compared) {
      if (other.agreements.isEmpty() && other.runs(step)) {
        Optional<Difference> difference =
            Difference.first(step, reference.parameters(), other.parameters());
        difference.ifPresent(d -> other.agreements.add(Agreement.differs(step, d)));
      }
    }
  }

  private static StepJudge.@Nullable Shares judge(
      @Nullable StepJudge judge, int step, Contender reference) {
    var probe = reference.probe();
    return judge == null || probe == null || !Double.isFinite(probe.loss())
        ? null
        : judge.judge(
            step - 1, reference.before(), probe, reference.parameters(), reference.inLockstep());
  }

  private void conclude(
      @Nullable Contender reference,
      @Nullable Contender oracle,
      List<Contender> compared,
      StepJudge.@Nullable Shares shares,
      int judged) {
    if (reference == null) {
      return;
    }
    for (Contender other : compared) {
      if (other.agreements.isEmpty()) {
        int steps = Math.min(other.steps, reference.steps);
        other.agreements.add(Agreement.bits(steps));
      }
    }
    if (oracle != null && shares != null) {
      oracle.agreements.add(StepJudge.bound(shares, judged));
      if (reference.inLockstep()) {
        reference.agreements.add(StepJudge.quotient(shares, judged));
      }
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
    boolean slow = backend.name().equals("scalar") || backend.kind() == Kind.ORACLE;
    boolean large =
        cell.multiplications(workload.network().inputs(), workload.network().outputs())
            > SMALL_STEP;
    return slow && large ? Math.min(FEW_STEPS, scenario.steps()) : scenario.steps();
  }

  /** The gravest verdict of some outcomes. */
  static Verdict gravest(List<Outcome> outcomes) {
    List<Verdict> verdicts = outcomes.stream().map(Outcome::verdict).toList();
    return verdicts.contains(Verdict.DIFFERS)
        ? Verdict.DIFFERS
        : verdicts.contains(Verdict.INCONCLUSIVE) ? Verdict.INCONCLUSIVE : Verdict.AGREES;
  }
}
