package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.scenario.Workload;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges backends that run side by side.
 *
 * <p>After every step, each exact backend is compared bit for bit with the first exact backend that
 * ran the step and has shown no difference, in all that {@link StepBits} holds. The first and the
 * last step of some are also judged by an {@link OracleJudge}.
 */
final class Comparison implements Judge {

  private final Workload workload;
  private final Resources resources;
  private final @Nullable OracleJudge judge;
  private final Map<Trainer, ProbedView> views = new HashMap<>();

  /** The last step of each exact contender, and the step before it. */
  private final Map<Contender, StepBits> bits = new HashMap<>();

  private final Map<Contender, StepBits> bitsBefore = new HashMap<>();

  /** The numbers of steps of the exact contenders. */
  private final Set<Integer> ends = new HashSet<>();

  private int exactOpened;

  /** Exact contenders that differ from another after a step that was not kept, and that other. */
  private final Map<Contender, Contender> notLocated = new HashMap<>();

  /** The evaluation of the first exact contender after a step. */
  private final Map<Integer, Evaluation> evaluations = new HashMap<>();

  private final Map<Contender, Integer> stepsCompared = new HashMap<>();

  /**
   * @param oracle judges single steps in binary64; if empty, none is judged
   * @param orders the orders in which libraries add
   */
  Comparison(Optional<Backend> oracle, Workload workload, Resources resources, OwnOrders orders) {
    this.workload = workload;
    this.resources = resources;
    judge =
        oracle
            .map(backend -> new OracleJudge(backend, workload, orders, resources, this::view))
            .orElse(null);
  }

  @Override
  public Watched open(Backend backend) {
    Trainer trainer = backend.open(workload, resources);
    ProbedView view = new ProbedView(trainer, workload);
    views.put(trainer, view);
    exactOpened += backend.kind() == Kind.EXACT ? 1 : 0;
    return Watched.of(trainer, view);
  }

  private ProbedView view(Contender contender) {
    return Objects.requireNonNull(views.get(contender.watched.trainer()));
  }

  @Override
  public void before(Contender contender) {
    if (contender.backend.kind() == Kind.EXACT) {
      ends.add(contender.steps);
    }
    if (judge != null) {
      judge.before(contender);
    }
  }

  @Override
  public void after(Contender contender, double loss) {
    if (judge != null) {
      judge.after(contender, loss);
    }
    if (exactOpened > 1 && isSound(contender)) {
      StepBits last = bits.put(contender, read(contender, loss));
      if (last != null) {
        bitsBefore.put(contender, last);
      }
    }
  }

  /**
   * Copies what a step left. Moments and evaluations cost time, so only of the first and the last.
   */
  private StepBits read(Contender contender, double loss) {
    ProbedView view = view(contender);
    Trainer trainer = contender.watched.trainer();
    boolean end = ends.contains((int) trainer.step());
    return new StepBits(
        workload.program(),
        loss,
        view.isKept() ? Optional.of(view.probe()) : Optional.empty(),
        view.parameters(),
        end || trainer.step() == 1 ? trainer.moments() : List.of());
  }

  @Override
  public void afterAll(int step, List<Contender> ran) {
    List<Contender> sound = ran.stream().filter(this::isSound).toList();
    sound.forEach(contender -> checkStop(step, contender));
    compareBits(step, sound.stream().filter(this::isSound).toList());
    if (judge != null) {
      judge.afterAll(step, ran);
    }
  }

  private boolean isSound(Contender contender) {
    return contender.backend.kind() == Kind.EXACT && contender.agreements.isEmpty();
  }

  private StepBits bits(Contender contender) {
    return Objects.requireNonNull(bits.get(contender));
  }

  /**
   * Checks that training stopped at the first loss that was not finite, and that no parameter
   * changed from then on.
   */
  private void checkStop(int step, Contender contender) {
    OptionalLong owed = contender.notFinite();
    Optional<String> wrong = Stop.wrong(owed, contender.stop());
    if (wrong.isPresent()) {
      contender.agreements.add(Agreement.differs(step, wrong.get()));
    } else if (owed.isPresent() && bits.containsKey(contender)) {
      StepBits before = bitsBefore.get(contender);
      Difference.first(
              step,
              before == null ? workload.initial().map(Comparison::rounded) : before.parameters(),
              bits(contender).parameters())
          .map(
              difference ->
                  new Agreement(
                      Verdict.DIFFERS,
                      Tier.BITS,
                      step,
                      0,
                      difference,
                      "changed although the loss was not finite: " + difference))
          .ifPresent(contender.agreements::add);
    }
  }

  /** Returns a matrix as exact backends load it: in binary32. Files may hold binary64. */
  private static Matrix rounded(Matrix matrix) {
    return new Region(0, matrix.rows(), 0, matrix.columns()).copyOf(matrix);
  }

  /**
   * Compares each contender with the first. The first difference of a backend ends its comparison.
   */
  private void compareBits(int step, List<Contender> equal) {
    for (int i = 1; i < equal.size(); i++) {
      Contender reference = equal.getFirst();
      Contender other = equal.get(i);
      Optional<Difference> difference = bits(reference).first(step, bits(other));
      if (difference.isPresent()) {
        other.agreements.add(Agreement.differs(step, difference.get()));
        if (!view(reference).isKept() || !view(other).isKept()) {
          notLocated.put(other, reference);
        }
      }
      // Where the loss was not finite, numbers that are none show nothing.
      stepsCompared.merge(other, other.stop().isPresent() ? 0 : 1, Integer::sum);
    }
  }

  /** Names a difference more precisely, or compares the evaluations after the last step. */
  @Override
  public void afterwards(int step, Contender contender) {
    locate(contender);
    if (exactOpened > 1 && contender.runs(step) && ends.contains(step) && isSound(contender)) {
      Evaluation actual = contender.evaluation(workload.data().test());
      Evaluation expected = evaluations.computeIfAbsent(step, _ -> actual);
      StepBits.first(step, expected, actual)
          .ifPresent(difference -> contender.agreements.add(Agreement.differs(step, difference)));
    }
  }

  /**
   * Repeats the steps of two contenders that differ, which gives the same bits, and keeps the last
   * one to find the first tensor in which they differ.
   */
  private void locate(Contender contender) {
    boolean wanted = notLocated.containsKey(contender) || notLocated.containsValue(contender);
    if (wanted && !view(contender).isKept() && isProbed(contender)) {
      int step = (int) contender.watched.trainer().step();
      view(contender).restart();
      var _ = contender.watched.trainer().run(step - 1);
      bits.put(contender, read(contender, view(contender).keep()));
    }
    Contender reference = notLocated.remove(contender);
    if (reference != null && view(reference).isKept() && view(contender).isKept()) {
      int step = (int) contender.watched.trainer().step();
      bits(reference)
          .first(step, bits(contender))
          .ifPresent(
              located -> contender.agreements.replaceAll(_ -> Agreement.differs(step, located)));
    }
  }

  private static boolean isProbed(Contender contender) {
    return contender.watched.trainer().inspection() != Inspection.RESULTS_ONLY;
  }

  @Override
  public void conclude(List<Contender> left) {
    for (Contender contender : left) {
      Integer steps = stepsCompared.get(contender);
      if (steps != null && contender.agreements.isEmpty()) {
        contender.agreements.add(Agreement.bits(steps));
      }
    }
    if (judge != null) {
      judge.conclude(left);
    }
  }

  @Override
  public void close() {
    if (judge != null) {
      judge.close();
    }
  }
}
