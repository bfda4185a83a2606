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
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What training steps are given: rows, noise and rates, which the host puts into the stream before
 * the steps that read them, and the number of the step, by which they find theirs.
 */
final class TrainingInputs implements StepInputs, Closing.Resource {
  private final BatchFeed rows;
  private final LossRing losses;
  private final StepState state;
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

  /** Row losses of the last steps. */
  LossRing losses() {
    return losses;
  }

  /** The next step is this one, and training has not stopped. */
  void restart(long step) {
    state.write(step);
  }

  /** Asks for what became of some steps; the answers are there once the stream has come so far. */
  void request(long first, int count) {
    losses.request(first, count);
    state.request();
  }

  /** The mean loss of a step that was requested. */
  double meanLoss(long step) {
    return losses.mean(step);
  }

  /** The first step whose loss was not finite, as of the last request. */
  OptionalLong stoppedAt() {
    return state.stoppedAt();
  }

  @Override
  public List<Work> gather(DeviceMemory x, DeviceMemory labels) {
    return List.of(rows.gather(x, labels, state));
  }

  @Override
  public Work shift(DeviceMemory bias, Tensor tensor, DeviceMemory shifted) {
    return noise == null
        ? StepInputs.super.shift(bias, tensor, shifted)
        : noise.shift(bias, tensor, shifted, state);
  }

  @Override
  public int lossSlots() {
    return losses.slots();
  }

  @Override
  public @Nullable StepFactors factors() {
    return factors == null ? null : factors.factors();
  }

  @Override
  public DeviceMemory state() {
    return state.memory();
  }

  @Override
  public void close() {
    owned.close();
  }
}
