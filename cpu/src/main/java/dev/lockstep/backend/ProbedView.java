package dev.lockstep.backend;

import dev.lockstep.backend.Trainer.Inspection;
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
 * Reads the tensors of any trainer through {@link Trainer#probe}, for trainers that keep them in
 * the heap.
 *
 * <p>Parameters and moments are copied at most once per step, however many pieces are read.
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
   * Creates a view of a trainer that others may continue to run.
   *
   * @param workload the trainer's workload
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
  public Inspection inspection() {
    return trainer.inspection();
  }

  @Override
  public double keep() {
    Probe shown = trainer.probe();
    probe = shown;
    keptAt = trainer.step();
    forgetCopies();
    return shown.loss();
  }

  /** Returns whether the last step was kept. */
  public boolean isKept() {
    return probe != null && keptAt == trainer.step();
  }

  /** Returns the probe of the last kept step. */
  public Probe probe() {
    Probe shown = probe;
    if (shown == null) {
      throw new IllegalStateException("no step was kept");
    }
    return shown;
  }

  /** Returns a copy of the current parameters; the same copy until the next step. */
  public Parameters parameters() {
    forgetOldCopies();
    Parameters known = parameters;
    if (known == null) {
      known = trainer.parameters();
      parameters = known;
    }
    return known;
  }

  /** Returns the same copy until the next step. */
  @Override
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

  /** Restores step 0 and discards all copies. */
  @Override
  public void restart() {
    trainer.restore(workload.initial(), 0);
    probe = null;
    forgetCopies();
  }
}
