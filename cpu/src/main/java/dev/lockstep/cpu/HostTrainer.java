package dev.lockstep.cpu;

import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Updates;
import dev.lockstep.scenario.Batches;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.OptionalLong;

/**
 * The bookkeeping of a trainer on the host: which step it is at, which rows are due, whether a loss
 * was not finite. It computes nothing; the arithmetic of a step is the subclass's own, so that no
 * two backends share it by accident.
 */
public abstract class HostTrainer implements Trainer {

  /** What is trained. */
  protected final Workload workload;

  /** What parameters are updated with, step by step. */
  protected final Updates updates;

  private final Batches batches;
  private final int[] rowNumbers;
  private long step;
  private OptionalLong stoppedAt = OptionalLong.empty();

  /** At step 0. */
  protected HostTrainer(Workload workload) {
    this.workload = workload;
    this.updates = new Updates(workload.optimizer());
    this.batches = workload.batches();
    this.rowNumbers = new int[batches.size()];
  }

  /** What the noise of the step that is due adds to the biases of a hidden layer. */
  protected final float[] noise(int hidden) {
    return workload.noise().draw(step, hidden, workload.network().out(hidden));
  }

  /**
   * Whether a layer's biases get noise while it is trained: a hidden one's, where there is some.
   */
  protected final boolean shifts(int layer) {
    return layer < workload.network().depth() && !workload.noise().isNone();
  }

  /** Gathers the rows, runs the network on them and returns the mean loss. */
  protected abstract double forward(int[] rowNumbers);

  /** Computes all gradients of the rows of the last {@link #forward}, with unchanged parameters. */
  protected abstract void backward();

  /** Applies the optimiser to the gradients of the last {@link #backward}. */
  protected abstract void update();

  /**
   * {@link #backward} and {@link #update} where nobody asks for the gradients: the same bits, for a
   * subclass that gets there faster.
   */
  protected void learn() {
    backward();
    update();
  }

  /** What the last forward and backward computed; copies. */
  protected abstract Probe kept(double loss);

  /**
   * Overwrites the parameters, and what the rule keeps of them.
   *
   * @param moments as many as the rule keeps, or none, which stands for +0
   */
  protected abstract void load(Parameters parameters, List<Parameters> moments);

  @Override
  public final double[] run(int steps) {
    double[] losses = new double[steps];
    for (int s = 0; s < steps; s++) {
      losses[s] = forwardOfNextStep();
      if (stoppedAt.isEmpty()) {
        learn();
      }
      step++;
    }
    return losses;
  }

  @Override
  public final Probe probe() {
    double loss = forwardOfNextStep();
    backward();
    Probe probe = kept(loss);
    if (stoppedAt.isEmpty()) {
      update();
    }
    step++;
    return probe;
  }

  private double forwardOfNextStep() {
    batches.rowsOf(step, rowNumbers);
    double loss = forward(rowNumbers);
    if (stoppedAt.isEmpty() && !Double.isFinite(loss)) {
      stoppedAt = OptionalLong.of(step);
    }
    return loss;
  }

  @Override
  public final long step() {
    return step;
  }

  @Override
  public final OptionalLong stoppedAt() {
    return stoppedAt;
  }

  @Override
  public final void restore(Parameters parameters, List<Parameters> moments, long step) {
    workload.requireShapeOf(parameters, moments);
    load(parameters, moments);
    this.step = step;
    stoppedAt = OptionalLong.empty();
  }
}
