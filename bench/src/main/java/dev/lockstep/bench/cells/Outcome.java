package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of one backend in one cell.
 *
 * @param backend the backend's name
 * @param kind the backend's kind
 * @param steps number of steps it ran
 * @param lockstep whether equal units stayed equal
 * @param atFirst spread of the units after the first step
 * @param atLast spread of the units after the last step
 * @param agreements comparisons with the reference, one for each tier; empty for the reference
 *     itself
 * @param evaluation evaluation on the test rows after the last step
 * @param seconds time of the training steps alone
 * @param fault why the run proves nothing, such as a loss that is not finite
 * @param split two units that differ on a library but not on an exact backend, in a network that
 *     did not start equal; null if there are none
 * @param errors how large the errors of judged products are; empty unless it is a library
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
    @Nullable String split,
    List<ProductErrors> errors)
    implements Experiment.Shown {

  public Outcome {
    agreements = List.copyOf(agreements);
    errors = List.copyOf(errors);
  }

  /** Returns the gravest verdict of lockstep, agreements and fault. */
  @Override
  public Verdict verdict() {
    if ((lockstep instanceof LockstepState.Broken && finding().isEmpty())
        || agreements.stream().anyMatch(a -> a.verdict() == Verdict.DIFFERS)) {
      return Verdict.DIFFERS;
    }
    if (agreements.stream().anyMatch(a -> a.verdict() == Verdict.ALARM)) {
      return Verdict.ALARM;
    }
    if (fault != null
        || lockstep instanceof LockstepState.DidNotMove
        || agreements.stream().anyMatch(a -> a.verdict() == Verdict.INCONCLUSIVE)) {
      return Verdict.INCONCLUSIVE;
    }
    return Verdict.AGREES;
  }

  /**
   * Describes lockstep that broke on a library. That is a finding and not a fault, because no
   * library promises equal bits for equal columns of a product.
   */
  public Optional<String> finding() {
    return kind.isLibrary() && lockstep instanceof LockstepState.Broken broken
        ? Optional.of("LOCKSTEP BROKEN (library order) " + broken.where())
        : Optional.empty();
  }

  /**
   * Describes units that a library separated in a network that did not start equal, which is a
   * finding too.
   */
  public Optional<String> splitFinding() {
    return Optional.ofNullable(split).map(where -> "UNIT CLASSES SPLIT (library order) " + where);
  }

  /** Returns this outcome with one more agreement. */
  Outcome with(Agreement more, @Nullable String split) {
    List<Agreement> all = new ArrayList<>(agreements);
    all.add(more);
    return new Outcome(
        backend,
        kind,
        steps,
        lockstep,
        atFirst,
        atLast,
        all,
        evaluation,
        seconds,
        fault,
        split,
        errors);
  }

  /** Returns this outcome with another state of lockstep, such as one that is explained. */
  Outcome with(LockstepState state) {
    return new Outcome(
        backend,
        kind,
        steps,
        state,
        atFirst,
        atLast,
        agreements,
        evaluation,
        seconds,
        fault,
        split,
        errors);
  }

  /** The gravest problem, as a word and as one sentence. */
  private record Complaint(Code code, String sentence) {}

  private Optional<Complaint> gravest() {
    if (lockstep instanceof LockstepState.Broken && finding().isEmpty()) {
      return Optional.of(new Complaint(Code.LOCKSTEP_BROKEN, "lockstep " + lockstep));
    }
    if (lockstep instanceof LockstepState.DidNotMove) {
      return Optional.of(new Complaint(Code.DID_NOT_MOVE, "lockstep " + lockstep));
    }
    return firstAgreement(Verdict.DIFFERS)
        .or(() -> firstAgreement(Verdict.ALARM))
        .or(
            () ->
                Optional.ofNullable(fault)
                    .map(
                        reason ->
                            new Complaint(
                                Code.LOSS_NOT_FINITE, Verdict.INCONCLUSIVE + ": " + reason)))
        .or(() -> firstAgreement(Verdict.INCONCLUSIVE));
  }

  private Optional<Complaint> firstAgreement(Verdict verdict) {
    return agreements.stream()
        .filter(a -> a.verdict() == verdict)
        .findFirst()
        .map(a -> new Complaint(a.code(), verdict + " (" + a.tier().label() + "): " + a.reason()));
  }

  /** Returns one sentence about the gravest problem; empty if there is none. */
  public Optional<String> complaint() {
    return gravest().map(Complaint::sentence);
  }

  @Override
  public String reason() {
    return complaint().orElse("");
  }

  @Override
  public Code code() {
    return gravest().map(Complaint::code).orElseThrow();
  }
}
