package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels.StepFactors;
import dev.lockstep.model.Optimizer;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What training steps are given: rows, noise and rates, which the host puts into the stream before
 * the steps that read them, and the number of the step, by which they find theirs.
 */
final class TrainingInputs implements Closing.Resource {
  /** Where the row losses of the last steps are left. */
  final LossRing losses;

  /** Where training stands. */
  final StepState state;

  private final BatchFeed rows;
  private final @Nullable FactorFeed factors;
  private final @Nullable NoiseFeed noise;
  private final Closing owned = new Closing();

  private TrainingInputs(DeviceSession session, StepProgram program, Workload workload) {
    rows = owned.allocate(() -> BatchFeed.open(session, workload));
    losses = owned.allocate(() -> LossRing.open(session, workload.batch()));
    state = owned.allocate(() -> StepState.open(session));
    Optimizer optimizer = workload.optimizer();
    factors =
        optimizer.dependsOnStep()
            ? owned.allocate(() -> FactorFeed.open(session, optimizer))
            : null;
    List<Tensor> tensors = noise(program);
    noise =
        tensors.isEmpty()
            ? null
            : owned.allocate(() -> NoiseFeed.open(session, workload.noise(), tensors));
  }

  /** Allocates it and uploads the rows. */
  static TrainingInputs open(DeviceSession session, StepProgram program, Workload workload) {
    return new TrainingInputs(session, program, workload);
  }

  /** Bytes of the device that it takes. */
  static long bytes(StepProgram program, Workload workload) {
    return BatchFeed.bytes(workload)
        + LossRing.bytes(workload.batch())
        + StepState.BYTES
        + (workload.optimizer().dependsOnStep() ? FactorFeed.BYTES : 0)
        + NoiseFeed.bytes(noise(program));
  }

  private static List<Tensor> noise(StepProgram program) {
    return StepProgram.tensors(program.ops()).stream()
        .filter(tensor -> tensor.lifetime() == Lifetime.INPUT && tensor.element() == Element.REAL)
        .toList();
  }

  /** Sees to it that what a step reads lies before it in the stream. */
  void prepare(long step) {
    rows.prepare(step);
    if (factors != null) {
      factors.prepare(step);
    }
    if (noise != null) {
      noise.prepare(step);
    }
  }

  /** Makes x and labels those of the step. */
  Work gather(DeviceMemory x, DeviceMemory labels) {
    return rows.gather(x, labels, state);
  }

  /** shifted = bias + what the noise is in the step. */
  Work shift(DeviceMemory bias, Tensor tensor, DeviceMemory shifted) {
    return Objects.requireNonNull(noise).shift(bias, tensor, shifted, state);
  }

  /** What updates are computed with; null if it is the same in all steps. */
  @Nullable StepFactors factors() {
    return factors == null ? null : factors.factors();
  }

  @Override
  public void close() {
    owned.close();
  }
}
