package dev.lockstep.backend;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Region;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Lifetime;
import dev.lockstep.scenario.Workload;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of any binary32 trainer, by its {@link Trainer#probe}: for looking at samples of one
 * that keeps them in the heap.
 *
 * <p>Parameters and moments are copied once a step, however many pieces of them are read.
 */
public final class ProbedView implements TensorView {
  private final Trainer trainer;
  private final Workload workload;
  private final StepProgram program;
  private @Nullable Probe probe;
  private @Nullable Parameters parameters;
  private @Nullable Map<Tensor, Matrix> state;
  private long copiedOfStep;
  private long keptAt;

  /**
   * Of a trainer that another may go on running.
   *
   * @param workload what it was opened with
   */
  public ProbedView(Trainer trainer, Workload workload) {
    this.trainer = trainer;
    this.workload = workload;
    program = workload.program();
  }

  @Override
  public StepProgram program() {
    return program;
  }

  @Override
  public double keep() {
    Probe shown = trainer.probe();
    probe = shown;
    keptAt = trainer.step();
    forgetCopies();
    return shown.loss();
  }

  /** What the last step showed that was kept. */
  public Probe probe() {
    Probe shown = probe;
    if (shown == null) {
      throw new IllegalStateException("no step was kept");
    }
    return shown;
  }

  /** A copy of the parameters as they are; the same one until the next step. */
  public Parameters parameters() {
    forgetOldCopies();
    Parameters known = parameters;
    if (known == null) {
      known = trainer.parameters();
      parameters = known;
    }
    return known;
  }

  /**
   * A whole tensor, in the backend's precision; the same copy until the next step.
   *
   * @throws IllegalStateException if the last step was not kept, and the tensor does not outlive it
   * @throws IllegalArgumentException if the tensor cannot be read
   */
  public Matrix whole(Tensor tensor) {
    Matrix whole = (tensor.lifetime() == Lifetime.STATE ? state() : probed()).get(tensor);
    if (whole == null) {
      throw new IllegalArgumentException(tensor + " cannot be read");
    }
    return whole;
  }

  @Override
  public FloatMatrix part(Tensor tensor, Region region) {
    Matrix whole = whole(tensor);
    region.requireIn(tensor);
    return region.copyOf(whole);
  }

  private Map<Tensor, Matrix> state() {
    Parameters values = parameters();
    Map<Tensor, Matrix> known = state;
    if (known == null) {
      known = new HashMap<>();
      program.spread(values, trainer.moments(), known::put);
      state = known;
    }
    return known;
  }

  private void forgetOldCopies() {
    if (copiedOfStep != trainer.step()) {
      forgetCopies();
    }
  }

  private void forgetCopies() {
    parameters = null;
    state = null;
    copiedOfStep = trainer.step();
  }

  private Map<Tensor, Matrix> probed() {
    Probe shown = probe;
    if (shown == null || keptAt != trainer.step()) {
      throw new IllegalStateException("the last step was not kept");
    }
    return shown.tensors();
  }

  @Override
  public OptionalLong stoppedAt() {
    return trainer.stoppedAt();
  }

  /** Back to step 0; forgets what was copied. */
  @Override
  public void restart() {
    trainer.restore(workload.initial(), 0);
    probe = null;
    forgetCopies();
  }
}
