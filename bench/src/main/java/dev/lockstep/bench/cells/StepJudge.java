package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.StepBound;
import dev.lockstep.agreement.TensorShare;
import dev.lockstep.agreement.Tier;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Quotient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Judges single steps of a binary32 backend against the same step in binary64. The whole network
 * must be within the a-priori bound; if its units are in lockstep, it must also agree with the
 * quotient network within that bound. Each judgement starts from the backend's own state, so
 * rounding differences do not accumulate over steps.
 */
final class StepJudge implements AutoCloseable {

  private static final double LARGEST_GRADIENT = 0x1p63;

  private final Workload workload;
  private final Trainer wide;
  private final @Nullable Trainer narrow;

  StepJudge(Backend oracle, Workload workload) {
    this.workload = workload;
    Resources one = new Resources(1);
    wide = oracle.open(workload, one);
    narrow = workload.noise().isNone() ? oracle.open(Quotient.workload(workload), one) : null;
  }

  /**
   * The state before and after a step.
   *
   * @param before parameters before the step
   * @param moments the optimiser's moments before the step
   * @param loss loss of the step
   * @param probe tensors that the step computed, if the backend shows them
   * @param after parameters after the step
   */
  record ObservedStep(
      Parameters before,
      List<Parameters> moments,
      double loss,
      Optional<Probe> probe,
      Parameters after) {}

  /** Whether the hidden layers are in lockstep. */
  enum Units {
    /** Each hidden layer is one unit class. */
    IN_LOCKSTEP,
    /** Some hidden layer has several unit classes. */
    APART
  }

  /**
   * Largest errors of the judged steps as shares of their bounds; a share above 1 is a
   * disagreement.
   *
   * @param steps number of steps judged
   * @param share largest share of loss, gradients and new parameters, against the whole network
   * @param quotientSteps number of judged steps in lockstep
   * @param quotientShare largest share of loss and gradients in those, against the quotient network
   * @param difference first element outside the bound; null if there is none
   * @param quotientDifference the same of the quotient network
   */
  record Shares(
      int steps,
      double share,
      int quotientSteps,
      double quotientShare,
      @Nullable Difference difference,
      @Nullable Difference quotientDifference) {

    /** Combines two results. */
    Shares plus(Shares other) {
      return new Shares(
          steps + other.steps,
          Math.max(share, other.share),
          quotientSteps + other.quotientSteps,
          Math.max(quotientShare, other.quotientShare),
          difference == null ? other.difference : difference,
          quotientDifference == null ? other.quotientDifference : quotientDifference);
    }

    Agreement bound() {
      return Agreement.within(Tier.BOUND, steps, share, difference);
    }

    /** Returns the agreement with the quotient network; empty if no judged step was in lockstep. */
    Optional<Agreement> quotient() {
      return quotientSteps == 0
          ? Optional.empty()
          : Optional.of(
              Agreement.within(Tier.QUOTIENT, quotientSteps, quotientShare, quotientDifference));
    }
  }

  /**
   * Judges one step.
   *
   * @param step the step, counted from 0
   * @param units whether all hidden layers are in lockstep
   * @param backend the backend that ran the step
   * @return empty if binary32 may overflow in that step, which the bound does not cover
   */
  Optional<Shares> judge(long step, ObservedStep observed, Units units, Backend backend) {
    wide.restore(observed.before(), observed.moments(), step);
    Probe exact = wide.probe();
    if (mayOverflow(exact)) {
      return Optional.empty();
    }
    OperandRounding rounding = backend.operandRounding();
    StepBound bound =
        StepBound.of(
            workload, step, observed.before(), observed.moments(), rounding, backend.subnormals());
    double scale = rounding.scale();
    Parameters exactAfter = wide.parameters();
    List<TensorShare> shares =
        bound.shares(observed.loss(), observed.probe(), exact, observed.after(), exactAfter);
    double share = StepBound.largest(shares) / scale;
    Difference difference = firstAbove(scale, shares, step);
    return Optional.of(
        switch (units) {
          case IN_LOCKSTEP -> {
            List<TensorShare> ofQuotient = againstQuotient(step, observed, bound);
            yield new Shares(
                1,
                share,
                1,
                StepBound.largest(ofQuotient) / scale,
                difference,
                firstAbove(scale, ofQuotient, step));
          }
          case APART -> new Shares(1, share, 0, 0, difference, null);
        });
  }

  private static @Nullable Difference firstAbove(
      double scale, List<TensorShare> shares, long step) {
    return shares.stream()
        .filter(each -> each.share() > scale)
        .findFirst()
        .map(each -> each.after(step + 1))
        .orElse(null);
  }

  /**
   * Returns whether the square of a gradient, which Adam keeps, may exceed the range of binary32.
   */
  static boolean mayOverflow(Probe probe) {
    return probe.gradients().entries().stream()
        .map(Parameters.Entry::matrix)
        .anyMatch(
            gradient ->
                IntStream.range(0, gradient.size())
                    .anyMatch(i -> !(Math.abs(gradient.value(i)) < LARGEST_GRADIENT)));
  }

  private List<TensorShare> againstQuotient(long step, ObservedStep observed, StepBound bound) {
    if (narrow == null) {
      throw new IllegalStateException("units in lockstep in spite of noise");
    }
    narrow.restore(Quotient.parameters(observed.before()), step);
    Probe exact = narrow.probe();
    List<TensorShare> shares = new ArrayList<>();
    shares.add(TensorShare.of("loss", exact.loss(), observed.loss(), bound.loss()));
    observed
        .probe()
        .map(Probe::gradients)
        .ifPresent(
            own ->
                StepBound.shares(
                        Quotient.wideGradients(workload.network(), exact.gradients()),
                        Quotient.ofUnitZero(own),
                        Quotient.ofUnitZero(bound.gradients()))
                    .forEach(each -> shares.add(each.named("gradient of " + each.tensor()))));
    return shares;
  }

  @Override
  public void close() {
    wide.close();
    if (narrow != null) {
      narrow.close();
    }
  }
}
