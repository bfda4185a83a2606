package dev.lockstep.cpu;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Examples;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Axis;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Batches;
import dev.lockstep.scenario.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs step programs in host memory. A program is lowered once, into calls that are bound to their
 * arrays. A step sets the inputs and runs the calls in order.
 *
 * <p>All host backends share this class and the list of operations. The kernels, which compute, are
 * different for each backend.
 *
 * @param <A> {@code float[]}, {@code double[]} or native memory
 */
final class HostTrainer<A> implements Trainer {
  private final HostKernels<A> kernels;
  private final Inspection inspection;
  private final Workload workload;
  private final StepProgram program;
  private final Batches batches;
  private final Updates updates;
  private final StepInputs inputs;
  private final Map<Tensor, A> arrays = new HashMap<>();
  private final int[] labels;
  private final Runnable[] run;
  private Runnable @Nullable [] keeping;
  private long step;
  private OptionalLong stoppedAt = OptionalLong.empty();

  /**
   * Starts at step 0.
   *
   * @param kernels closed together with this object, or by this constructor if it fails
   */
  HostTrainer(HostKernels<A> kernels, Workload workload) {
    this(kernels, workload, Inspection.EVERY_TENSOR);
  }

  /**
   * Starts at step 0.
   *
   * @param kernels closed together with this object, or by this constructor if it fails
   * @param inspection what a probe shows
   */
  HostTrainer(HostKernels<A> kernels, Workload workload, Inspection inspection) {
    this.kernels = kernels;
    this.inspection = inspection;
    this.workload = workload;
    program = workload.program();
    batches = workload.batches();
    updates = new Updates(workload.optimizer());
    inputs = new StepInputs(workload.batch());
    labels = new int[workload.batch()];
    try {
      run = lowered(Set.of());
      load(workload.initial(), List.of());
    } catch (RuntimeException | Error e) {
      kernels.close();
      throw e;
    }
  }

  /** Lowers the step to calls that keep some tensors readable after the step. */
  private Runnable[] lowered(Set<Tensor> kept) {
    Lowered list = Lowered.of(program, kept, kernels, kernels);
    Binder<A> binder =
        new Binder<>(
            kernels,
            workload.data().train(),
            inputs,
            tensor ->
                arrays.computeIfAbsent(
                    list.storage().owner(tensor), t -> kernels.allocate(t.size())),
            tensor -> labels,
            Axis::size);
    return list.ops().stream().map(binder::bind).toArray(Runnable[]::new);
  }

  private A array(Tensor tensor) {
    A array = arrays.get(tensor);
    if (array == null) {
      throw new IllegalStateException(tensor + " has no memory of its own");
    }
    return array;
  }

  @Override
  public double[] run(int steps) {
    double[] losses = new double[steps];
    for (int s = 0; s < steps; s++) {
      losses[s] = runOnce(run);
    }
    return losses;
  }

  @Override
  public Inspection inspection() {
    return inspection;
  }

  @Override
  public Probe probe() {
    Runnable[] calls = keeping;
    if (calls == null) {
      calls = lowered(inspection.tensors(program));
      keeping = calls;
    }
    return Probe.of(runOnce(calls), program, inspection, this::matrix);
  }

  /**
   * Runs the next step. If its loss is not finite, the step still runs to its end, because a probe
   * needs all tensors; updates check the stop flag.
   */
  private double runOnce(Runnable[] calls) {
    batches.rowsOf(step, inputs.rowNumbers);
    inputs.numbers.set(updates.rateFactor(step), updates.correction(step));
    inputs.draw(workload.noise(), step);
    for (Runnable call : calls) {
      call.run();
    }
    if (inputs.stopped && stoppedAt.isEmpty()) {
      stoppedAt = OptionalLong.of(step);
    }
    step++;
    return inputs.loss;
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public OptionalLong stoppedAt() {
    return stoppedAt;
  }

  @Override
  public Parameters parameters() {
    return Parameters.of(program.values(), this::matrix);
  }

  @Override
  public List<Parameters> moments() {
    return program.moments().stream().map(each -> Parameters.of(each, this::matrix)).toList();
  }

  private Matrix matrix(Tensor tensor) {
    return kernels.matrix(tensor.rows().size(), tensor.columns().size(), array(tensor));
  }

  @Override
  public void restore(Parameters parameters, List<Parameters> moments, long step) {
    workload.requireShapeOf(parameters, moments);
    load(parameters, moments);
    this.step = step;
    stoppedAt = OptionalLong.empty();
    inputs.stopped = false;
  }

  /** Copies the state into the same arrays each time, so that steps run on the same memory. */
  private void load(Parameters parameters, List<Parameters> moments) {
    program.spread(parameters, moments, (tensor, from) -> kernels.copy(from, array(tensor)));
  }

  @Override
  public Evaluation evaluate(Examples examples) {
    return new HostEvaluator<>(kernels, workload, this::array).evaluate(examples);
  }

  @Override
  public void close() {
    kernels.close();
  }
}
