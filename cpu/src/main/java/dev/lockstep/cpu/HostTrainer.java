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
 * arrays; a step feeds the inputs and runs the calls one after the other.
 *
 * <p>The list is the same for every backend; what computes is the kernels, of which no two backends
 * share any.
 *
 * @param <A> {@code float[]}, {@code double[]} or native memory
 */
final class HostTrainer<A> implements Trainer {
  private final HostKernels<A> kernels;
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
   * At step 0.
   *
   * @param kernels closed with this, or here if this fails
   */
  HostTrainer(HostKernels<A> kernels, Workload workload) {
    this.kernels = kernels;
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

  /** The calls of a step after which some tensors can be looked at. */
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
  public Probe probe() {
    Runnable[] calls = keeping;
    if (calls == null) {
      calls = lowered(program.probed());
      keeping = calls;
    }
    return Probe.of(runOnce(calls), program, this::matrix);
  }

  /**
   * Runs the step that is due. One whose loss is not finite goes on to its end, as a probe wants
   * it; updates look at the flag.
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

  /**
   * Into the same arrays each time: a step after a restore then runs on the memory that it ran on
   * before.
   */
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
