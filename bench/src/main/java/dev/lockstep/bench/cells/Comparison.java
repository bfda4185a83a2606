package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges backends that run side by side.
 *
 * <p>After every step, each exact backend is compared bit for bit with the first exact backend that
 * ran the step and has shown no difference. The first and the last step of the first exact backend
 * and of every library are also judged in binary64: operation by operation if their tensors can be
 * read, and as a whole, starting from that backend's own state.
 */
final class Comparison implements Judge {

  private final Workload workload;
  private final Resources resources;
  private final @Nullable StepJudge judge;
  private final @Nullable OperationJudge operations;
  private final Map<Trainer, ProbedView> views = new HashMap<>();

  /**
   * The current step of each contender that is judged in binary64, recorded before the watch may
   * rerun it.
   */
  private final Map<Contender, StepJudge.ObservedStep> observed = new HashMap<>();

  private final Map<Contender, Integer> stepsCompared = new HashMap<>();
  private final Map<Contender, StepJudge.Shares> judged = new HashMap<>();
  private @Nullable Contender first;

  /**
   * @param oracle judges single steps in binary64; if empty, none is judged
   */
  Comparison(Optional<Backend> oracle, Workload workload, Resources resources) {
    this.workload = workload;
    this.resources = resources;
    judge = oracle.map(backend -> new StepJudge(backend, workload)).orElse(null);
    operations = oracle.map(backend -> new OperationJudge(backend, workload)).orElse(null);
  }

  @Override
  public Watched open(Backend backend) {
    Trainer trainer = backend.open(workload, resources);
    ProbedView view = new ProbedView(trainer, workload);
    views.put(trainer, view);
    return Watched.of(trainer, view);
  }

  private ProbedView view(Contender contender) {
    return Objects.requireNonNull(views.get(contender.watched.trainer()));
  }

  @Override
  public void before(Contender contender) {
    Kind kind = contender.backend.kind();
    if (first == null && kind == Kind.EXACT) {
      first = contender;
    }
    observed.remove(contender);
    if (judge != null
        && operations != null
        && contender.judgedNext()
        && (contender == first || kind.isLibrary())) {
      operations.before(contender, view(contender));
      if (isJudgedByOperations(contender) && !contender.inLockstep()) {
        return;
      }
      Parameters now = view(contender).parameters();
      List<Parameters> moments = contender.watched.trainer().moments();
      observed.put(contender, new StepJudge.ObservedStep(now, moments, 0, Optional.empty(), now));
    }
  }

  @Override
  public void after(Contender contender, double loss) {
    ProbedView view = view(contender);
    boolean probed = contender.watched.trainer().inspection() != Inspection.RESULTS_ONLY;
    observed.computeIfPresent(
        contender,
        (_, due) ->
            new StepJudge.ObservedStep(
                due.before(),
                due.moments(),
                loss,
                probed ? Optional.of(view.probe()) : Optional.empty(),
                view.parameters()));
    if (operations != null) {
      operations.after(contender, view, loss);
    }
  }

  @Override
  public void afterAll(int step, List<Contender> ran) {
    compareBits(step, ran);
    ran.forEach(contender -> judge(step, contender));
  }

  /** The first difference of a backend ends its comparison. */
  private void compareBits(int step, List<Contender> ran) {
    List<Contender> equal =
        ran.stream().filter(c -> c.backend.kind() == Kind.EXACT && c.agreements.isEmpty()).toList();
    for (int i = 1; i < equal.size(); i++) {
      Contender other = equal.get(i);
      Optional<Difference> difference =
          Difference.first(step, view(equal.getFirst()).parameters(), view(other).parameters());
      difference.ifPresent(d -> other.agreements.add(Agreement.differs(step, d)));
      // Where the loss was not finite, numbers that are none show nothing.
      stepsCompared.merge(other, other.stop().isPresent() ? 0 : 1, Integer::sum);
    }
  }

  private void judge(int step, Contender contender) {
    StepJudge.ObservedStep known = observed.get(contender);
    if (judge != null && known != null && Double.isFinite(known.loss())) {
      StepJudge.Units units =
          contender.inLockstep() ? StepJudge.Units.IN_LOCKSTEP : StepJudge.Units.APART;
      judge
          .judge(step - 1, known, units, contender.backend)
          .ifPresent(now -> judged.merge(contender, now, StepJudge.Shares::plus));
    }
  }

  @Override
  public void conclude(List<Contender> left) {
    for (Contender contender : left) {
      Integer steps = stepsCompared.get(contender);
      if (steps != null && contender.agreements.isEmpty()) {
        contender.agreements.add(Agreement.bits(steps));
      }
      if (contender.backend.kind().isLibrary()) {
        operationsOf(contender).ifPresent(contender.agreements::add);
        if (!isJudgedByOperations(contender)) {
          boundOf(contender).ifPresent(contender.agreements::add);
        }
      }
      sharesOf(contender).flatMap(StepJudge.Shares::quotient).ifPresent(contender.agreements::add);
    }
    left.stream()
        .filter(c -> c.backend.kind() == Kind.ORACLE)
        .findFirst()
        .ifPresent(this::concludeOracle);
  }

  /**
   * Adds what the oracle and the first exact backend make of each other. If an operation is outside
   * its bound, the values that both are compared with tell which of the two is wrong.
   */
  private void concludeOracle(Contender oracle) {
    boundOf(first).ifPresent(oracle.agreements::add);
    Optional<Agreement> ofOracle =
        Optional.ofNullable(operations).flatMap(OperationJudge::ofOracle);
    Optional<Agreement> ofFirst = operationsOf(first);
    if (first != null) {
      ofFirst.filter(each -> each.verdict() == Verdict.DIFFERS).ifPresent(first.agreements::add);
    }
    ofOracle
        .filter(each -> each.verdict() == Verdict.DIFFERS)
        .or(() -> ofFirst.filter(each -> each.verdict() != Verdict.DIFFERS))
        .ifPresent(oracle.agreements::add);
  }

  /** Returns whether each result of a library's step is judged from the operands that it used. */
  private boolean isJudgedByOperations(Contender contender) {
    return contender.backend.kind().isLibrary()
        && switch (contender.watched.trainer().inspection()) {
          case EVERY_TENSOR, NO_PRODUCTS -> true;
          case COMPUTED_AGAIN, RESULTS_ONLY -> false;
        };
  }

  private Optional<Agreement> operationsOf(@Nullable Contender contender) {
    return operations == null || contender == null
        ? Optional.empty()
        : operations
            .of(contender)
            .map(
                each ->
                    contender.stop().isPresent() ? each.until(contender.stop().getAsLong()) : each);
  }

  /** Returns how a contender's judged steps agree with binary64; empty if none was to be judged. */
  private Optional<Agreement> boundOf(@Nullable Contender contender) {
    Optional<Agreement> bound = sharesOf(contender).map(StepJudge.Shares::bound);
    if (judge == null || contender == null || contender.stop().isEmpty()) {
      return bound;
    }
    return Optional.of(
        bound.orElse(Agreement.within(Tier.BOUND, 0, 0, null)).until(contender.stop().getAsLong()));
  }

  private Optional<StepJudge.Shares> sharesOf(@Nullable Contender contender) {
    return Optional.ofNullable(judged.get(contender));
  }

  @Override
  public void close() {
    if (judge != null) {
      judge.close();
    }
    if (operations != null) {
      operations.close();
    }
  }
}
