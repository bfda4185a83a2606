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
 * The inputs of training steps: rows, noise, update factors and the number of the step. The host
 * enqueues tables ahead of the steps that read them, and a step finds its entries by its number.
 */
final class TrainingInputs implements Closing.Resource {
  /** The row losses of the last steps. */
  final LossRing losses;

  /** The state of training. */
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

  /** Allocates the memory and uploads the rows. */
  static TrainingInputs open(DeviceSession session, StepProgram program, Workload workload) {
    return new TrainingInputs(session, program, workload);
  }

  /** Returns the bytes of device memory for the inputs. */
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

  /** Enqueues the inputs of a step ahead of it, unless the tables hold them. */
  void prepare(long step) {
    rows.prepare(step);
    if (factors != null) {
      factors.prepare(step);
    }
    if (noise != null) {
      noise.prepare(step);
    }
  }

  /** Makes the work that gathers features and labels of the current step. */
  Work gather(DeviceMemory x, DeviceMemory labels) {
    return rows.gather(x, labels, state);
  }

  /** Makes the work shifted = bias + noise of the current step. */
  Work shift(DeviceMemory bias, Tensor tensor, DeviceMemory shifted) {
    return Objects.requireNonNull(noise).shift(bias, tensor, shifted, state);
  }

  /** Returns the update factors of the steps; null if they do not depend on the step. */
  @Nullable StepFactors factors() {
    return factors == null ? null : factors.factors();
  }

  @Override
  public void close() {
    owned.close();
  }
}
