package dev.lockstep.gpu.training;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Timed.Times;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work.Submission;
import dev.lockstep.data.Examples;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.CudaFault;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Region;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Digest;
import dev.lockstep.symmetry.ResidentSymmetry;
import dev.lockstep.symmetry.UnitClasses;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Trains one network on a device. While it trains, the host only launches works; reading results
 * copies through pinned memory and waits.
 */
final class DeviceTrainer implements Trainer, ResidentSymmetry, TensorView {

  private static final long NONE = -1;

  private final Products by;
  private final Workload workload;
  private final ResidentProgram resident;
  private final StepProgram program;

  /** The tensors of a kept step that can be read, and those that exist only in one. */
  private final Set<Tensor> shown;

  private final Set<Tensor> onlyKept = new HashSet<>();
  private final Stream stream;
  private final Work plainStep;
  private final Closing owned = new Closing();
  private final Thread owner = Thread.currentThread();
  private @Nullable StopWatch watch;
  private @Nullable Work keptStep;
  private long kept = NONE;
  private @Nullable CudaFault fault;
  private long step;
  private OptionalLong stoppedAt = OptionalLong.empty();

  private DeviceTrainer(Products by, int device, Workload workload, Submission submission) {
    this.by = by;
    this.workload = workload;
    LaunchRules rules = new LaunchRules(by, workload.optimizer());
    try {
      resident = owned.own(ResidentProgram.open(by, device, workload, rules));
      program = resident.program;
      shown = inspection().tensors(program);
      onlyKept.addAll(program.gradients().values());
      onlyKept.addAll(program.products());
      stream = resident.session.stream;
      plainStep = resident.plain(submission);
      load(workload.initial(), List.of(), 0);
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  /**
   * Opens the device and uploads everything.
   *
   * @throws dev.lockstep.backend.UnavailableException if the device or a library cannot be used, or
   *     the device has too little free memory
   * @throws CudaFault if a call failed
   */
  static DeviceTrainer open(Products by, int device, Workload workload, Submission submission) {
    return new DeviceTrainer(by, device, workload, submission);
  }

  @Override
  public double[] run(int steps) {
    return guarded(
        () -> {
          double[] means = new double[steps];
          int done = 0;
          while (done < steps) {
            int count = Math.min(resident.inputs.losses.slots(), steps - done);
            long first = step;
            submit(count);
            fetch(first, count);
            for (int s = 0; s < count; s++) {
              means[done++] = resident.inputs.losses.mean(first + s);
            }
          }
          return means;
        });
  }

  /**
   * Runs steps and times them; afterwards, outside the time, checks whether training has stopped.
   */
  Times time(int steps) {
    return guarded(
        () -> {
          if (watch == null) {
            watch = owned.own(StopWatch.open(stream));
          }
          Times times = watch.time(() -> submit(steps));
          fetch(step - 1, 1);
          return times;
        });
  }

  /** Enqueues steps without waiting; {@link #await} must follow. */
  void submitSteps(int steps) {
    guarded(
        () -> {
          submit(steps);
          return step;
        });
  }

  /** Waits for the submitted steps and checks whether training has stopped. */
  void await() {
    guarded(
        () -> {
          if (step > 0) {
            fetch(step - 1, 1);
          }
          return step;
        });
  }

  /** Enqueues steps without waiting. */
  void submit(int steps) {
    for (int s = 0; s < steps; s++) {
      submit(plainStep);
    }
  }

  private void submit(Work work) {
    resident.inputs.prepare(step);
    work.into(stream);
    step++;
  }

  /** Fetches the losses of some steps and checks whether training has stopped. */
  private void fetch(long first, int count) {
    resident.inputs.losses.request(first, count);
    resident.inputs.state.request();
    stream.synchronize();
    stoppedAt = resident.inputs.state.stoppedAt();
  }

  @Override
  public Probe probe() {
    return guarded(
        () -> {
          double loss = keepStep();
          return Probe.of(loss, program, inspection(), resident.tensors::download);
        });
  }

  @Override
  public double keep() {
    return guarded(this::keepStep);
  }

  private double keepStep() {
    Work work = keptStep;
    if (work == null) {
      work = resident.keeping(shown);
      keptStep = work;
    }
    long due = step;
    submit(work);
    fetch(due, 1);
    kept = due;
    return resident.inputs.losses.mean(due);
  }

  @Override
  public StepProgram program() {
    return program;
  }

  @Override
  public Inspection inspection() {
    return Inspection.EVERY_TENSOR;
  }

  @Override
  public FloatMatrix part(Tensor tensor, Region region) {
    region.requireIn(tensor);
    return guarded(() -> resident.session.staging.part(memory(tensor), tensor, region));
  }

  @Override
  public Matrix whole(Tensor tensor) {
    return guarded(
        () -> {
          var _ = memory(tensor);
          return resident.tensors.download(tensor);
        });
  }

  /** Returns the memory of a tensor; gradients and products can only be read after a kept step. */
  private DeviceMemory memory(Tensor tensor) {
    if (tensor.lifetime() != Tensor.Lifetime.STATE && !shown.contains(tensor)) {
      throw new IllegalArgumentException(tensor + " cannot be read");
    }
    if (onlyKept.contains(tensor)) {
      requireKept();
    }
    return resident.tensors.of(tensor);
  }

  private void requireKept() {
    if (kept < 0 || kept != step - 1) {
      throw new IllegalStateException("the last step was not kept");
    }
  }

  @Override
  public UnitClasses keptClasses(Tensor tensor, int hidden) {
    return guarded(
        () -> {
          requireKept();
          return symmetry().unitClasses(tensor, hidden);
        });
  }

  private DeviceSymmetry symmetry() {
    return new DeviceSymmetry(resident.session, program, this::memory);
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public Parameters parameters() {
    return guarded(() -> Parameters.of(program.values(), resident.tensors::download));
  }

  @Override
  public List<Parameters> moments() {
    return guarded(resident::moments);
  }

  @Override
  public void restore(Parameters from, List<Parameters> momentsFrom, long step) {
    workload.requireShapeOf(from, momentsFrom);
    guarded(
        () -> {
          load(from, momentsFrom, step);
          return step;
        });
  }

  @Override
  public void restart() {
    guarded(
        () -> {
          load(workload.initial(), List.of(), 0);
          return 0;
        });
  }

  private void load(Parameters from, List<Parameters> momentsFrom, long step) {
    resident.load(from, momentsFrom, step);
    this.step = step;
    kept = NONE;
    stoppedAt = OptionalLong.empty();
  }

  @Override
  public OptionalLong stoppedAt() {
    return stoppedAt;
  }

  @Override
  public Evaluation evaluate(Examples examples) {
    return guarded(
        () -> new Evaluator(resident.session, by, workload, resident.tensors).evaluate(examples));
  }

  @Override
  public UnitClasses unitClasses(int hidden) {
    return guarded(() -> symmetry().unitClasses(hidden));
  }

  @Override
  public List<Digest> digests() {
    return guarded(() -> symmetry().digests());
  }

  /**
   * Runs work on the owner's thread. After a fault the contents of the device are unknown, so every
   * further call fails.
   */
  private <T> T guarded(Supplier<T> work) {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "this trainer is for thread %s, not %s",
              owner.getName(),
              Thread.currentThread().getName()));
    }
    if (fault != null) {
      throw new IllegalStateException("this trainer has failed", fault);
    }
    try {
      return work.get();
    } catch (CudaFault e) {
      fault = e;
      throw e;
    }
  }

  /**
   * Frees everything. After a fault, failures to free have the same cause; they are added to the
   * fault as suppressed exceptions and not thrown.
   */
  @Override
  public void close() {
    if (fault == null) {
      owned.close();
    } else {
      owned.closeAfter(fault);
    }
  }
}
