package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one backend did in one cell.
 *
 * @param backend its name
 * @param kind what may be expected of it
 * @param steps steps it ran
 * @param lockstep of a network that started equal
 * @param atFirst units after the first step
 * @param atLast units after the last step
 * @param agreements with the reference, each in its tier; empty for the reference itself
 * @param evaluation on the test rows at the end
 * @param seconds in the training steps alone
 * @param fault why the run proves nothing, such as a loss that is not finite
 * @param split units that a library has set apart and an exact backend has not, in a network that
 *     did not start equal
 */
public record Outcome(
    String backend,
    Kind kind,
    int steps,
    LockstepState lockstep,
    Spread atFirst,
    Spread atLast,
    List<Agreement> agreements,
    Evaluation evaluation,
    double seconds,
    @Nullable String fault,
    @Nullable String split)
    implements Experiment.Shown {

  public Outcome {
    agreements = List.copyOf(agreements);
  }

  /** The gravest of everything this outcome says. */
  @Override
  public Verdict verdict() {
    if ((lockstep instanceof LockstepState.Broken && finding().isEmpty())
        || agreements.stream().anyMatch(a -> a.verdict() == Verdict.DIFFERS)) {
      return Verdict.DIFFERS;
    }
    if (fault != null
        || lockstep instanceof LockstepState.DidNotMove
        || agreements.stream().anyMatch(a -> a.verdict() == Verdict.INCONCLUSIVE)) {
      return Verdict.INCONCLUSIVE;
    }
    return Verdict.AGREES;
  }

  /**
   * Lockstep that broke on a library backend: worth showing, and no fault, since nobody promised
   * that equal columns of a product get equal bits.
   */
  public Optional<String> finding() {
    return kind.isLibrary() && lockstep instanceof LockstepState.Broken broken
        ? Optional.of("LOCKSTEP BROKEN (library order) " + broken.where())
        : Optional.empty();
  }

  /** Units that a library set apart in a network that did not start equal: worth showing too. */
  public Optional<String> splitFinding() {
    return Optional.ofNullable(split).map(where -> "UNIT CLASSES SPLIT (library order) " + where);
  }

  /** This, with one more comparison. */
  Outcome with(Agreement more, @Nullable String split) {
    List<Agreement> all = new ArrayList<>(agreements);
    all.add(more);
    return new Outcome(
        backend, kind, steps, lockstep, atFirst, atLast, all, evaluation, seconds, fault, split);
  }

  /** One sentence for the gravest, if it is not agreement. */
  public Optional<String> complaint() {
    if ((lockstep instanceof LockstepState.Broken && finding().isEmpty())
        || lockstep instanceof LockstepState.DidNotMove) {
      return Optional.of("lockstep " + lockstep);
    }
    return agreements.stream()
        .filter(a -> a.verdict() != Verdict.AGREES)
        .findFirst()
        .map(a -> a.verdict() + " (" + a.tier().label() + "): " + a.reason())
        .or(() -> Optional.ofNullable(fault).map(reason -> "INCONCLUSIVE: " + reason));
  }

  @Override
  public String reason() {
    return complaint().orElse("");
  }
}
