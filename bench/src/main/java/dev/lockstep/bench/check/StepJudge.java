package dev.lockstep.bench.check;

import dev.lockstep.agreement.StepBound;
import dev.lockstep.agreement.Tier;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Quotient;

/**
 * Judges single steps of a binary32 backend against binary64 from the very same state: the whole
 * network within the a-priori bound and, if its units are in lockstep, against the quotient network
 * within the same bound. Restarting from the state judged keeps the growth of rounding differences
 * over many steps out of it.
 */
final class StepJudge implements AutoCloseable {

  private final Workload workload;
  private final Trainer wide;
  private final Trainer narrow;

  StepJudge(Backend oracle, Workload workload) {
    this.workload = workload;
    Resources one = new Resources(1);
    wide = oracle.open(workload, one);
    narrow = oracle.open(Quotient.workload(workload), one);
  }

  /**
   * Shares of the bound used by one step; above 1 it disagrees.
   *
   * @param bound by loss, gradients and new parameters against the same network in binary64
   * @param quotient by loss and gradients against the quotient network, or 0 if not in lockstep
   */
  record Shares(double bound, double quotient) {

    Shares max(Shares other) {
      return new Shares(Math.max(bound, other.bound), Math.max(quotient, other.quotient));
    }
  }

  /**
   * Judges one step.
   *
   * @param step the step, counted from 0
   * @param before parameters before it
   * @param probe what it computed
   * @param after parameters after it
   * @param lockstep whether all hidden layers are in lockstep
   */
  Shares judge(long step, Parameters before, Probe probe, Parameters after, boolean lockstep) {
    Network network = workload.network();
    wide.restore(before, step);
    Probe exact = wide.probe();
    StepBound bound =
        switch (workload.optimizer()) {
          case Optimizer.Sgd sgd ->
              StepBound.of(network, sgd, before, workload.rowsOf(step), exact);
        };
    double share =
        Math.max(
            lossShare(probe.loss(), exact.loss(), bound.loss()),
            Math.max(
                StepBound.share(probe.gradients(), exact.gradients(), bound.gradients()),
                StepBound.share(after, wide.parameters(), bound.updated())));
    return new Shares(share, lockstep ? againstQuotient(step, before, probe, bound) : 0);
  }

  private double againstQuotient(long step, Parameters before, Probe probe, StepBound bound) {
    Network network = workload.network();
    narrow.restore(Quotient.parameters(network, before), step);
    Probe exact = narrow.probe();
    return Math.max(
        lossShare(probe.loss(), exact.loss(), bound.loss()),
        StepBound.share(
            Quotient.ofUnitZero(network, probe.gradients()),
            Quotient.wideGradients(network, exact.gradients()),
            Quotient.ofUnitZero(network, bound.gradients())));
  }

  private static double lossShare(double actual, double exact, double bound) {
    double difference = Math.abs(actual - exact);
    return difference == 0 ? 0 : difference / bound;
  }

  static Agreement bound(Shares shares, int steps) {
    return Agreement.within(Tier.BOUND, steps, shares.bound());
  }

  static Agreement quotient(Shares shares, int steps) {
    return Agreement.within(Tier.QUOTIENT, steps, shares.quotient());
  }

  @Override
  public void close() {
    wide.close();
    narrow.close();
  }
}
