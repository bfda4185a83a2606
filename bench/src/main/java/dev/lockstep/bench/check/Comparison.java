package dev.lockstep.bench.check;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the backends in one cell are found to be of each other, step by step.
 *
 * <p>Exact backends are compared bit for bit after every step with the first of them that ran it
 * and has shown no difference. Single steps of the first exact backend, and of every library, are
 * judged in binary64 from their own state, whenever a probe kept them.
 */
final class Comparison {

  private final @Nullable StepJudge judge;
  private final @Nullable Contender first;
  private final Map<Contender, Integer> stepsCompared = new HashMap<>();
  private final Map<Contender, StepJudge.Shares> judged = new HashMap<>();

  /**
   * @param contenders all that take part
   * @param judge of single steps; null if there is nobody to judge
   */
  Comparison(List<Contender> contenders, @Nullable StepJudge judge) {
    this.judge = judge;
    first =
        contenders.stream().filter(c -> c.backend.kind() == Kind.EXACT).findFirst().orElse(null);
  }

  /** Looks at those that ran a step, counted from 1, before any runs the next. */
  void after(int step, List<Contender> ran) {
    compareBits(step, ran);
    for (Contender contender : ran) {
      if (contender == first || contender.backend.kind().isLibrary()) {
        judge(step, contender);
      }
    }
  }

  /** The first difference of a backend ends its comparison. */
  private void compareBits(int step, List<Contender> ran) {
    List<Contender> equal =
        ran.stream().filter(c -> c.backend.kind() == Kind.EXACT && c.agreements.isEmpty()).toList();
    for (int i = 1; i < equal.size(); i++) {
      Contender other = equal.get(i);
      Optional<Difference> difference =
          Difference.first(step, equal.getFirst().parameters(), other.parameters());
      difference.ifPresent(d -> other.agreements.add(Agreement.differs(step, d)));
      stepsCompared.merge(other, 1, Integer::sum);
    }
  }

  private void judge(int step, Contender contender) {
    if (judge == null || !contender.judged() || !Double.isFinite(contender.loss())) {
      return;
    }
    judge
        .judge(
            step - 1,
            contender.before(),
            contender.momentsBefore(),
            contender.loss(),
            contender.probe(),
            contender.parameters(),
            contender.inLockstep() ? StepJudge.Units.IN_LOCKSTEP : StepJudge.Units.APART,
            contender.backend.operandRounding(),
            contender.backend.subnormals())
        .ifPresent(now -> judged.merge(contender, now, StepJudge.Shares::plus));
  }

  /** Hands every backend that is left what was found. */
  void conclude(List<Contender> left) {
    for (Contender contender : left) {
      Integer steps = stepsCompared.get(contender);
      if (steps != null && contender.agreements.isEmpty()) {
        contender.agreements.add(Agreement.bits(steps));
      }
      if (contender.backend.kind().isLibrary()) {
        sharesOf(contender).ifPresent(shares -> contender.agreements.add(shares.bound()));
      }
      sharesOf(contender).flatMap(StepJudge.Shares::quotient).ifPresent(contender.agreements::add);
    }
    left.stream()
        .filter(c -> c.backend.kind() == Kind.ORACLE)
        .findFirst()
        .ifPresent(
            oracle -> sharesOf(first).ifPresent(shares -> oracle.agreements.add(shares.bound())));
  }

  private Optional<StepJudge.Shares> sharesOf(@Nullable Contender contender) {
    return Optional.ofNullable(judged.get(contender));
  }
}
