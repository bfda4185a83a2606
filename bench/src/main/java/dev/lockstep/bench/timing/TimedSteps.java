package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleExtent;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.StepSample;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.external.ProgramTrainer;
import dev.lockstep.gpu.training.DeviceTimers;
import dev.lockstep.gpu.training.StepTimer;
import dev.lockstep.gpu.training.Submission;
import dev.lockstep.input.InputException;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.CopiedSymmetry;
import dev.lockstep.symmetry.Digest;
import java.util.List;

/**
 * Training steps of one trainer, from the initial parameters on.
 *
 * <p>To verify them, two steps as they are timed must leave the bits of two steps that are kept, of
 * which the second is recomputed in part ({@link StepSample}).
 */
public final class TimedSteps implements Timed {
  private static final long SEED = 20261124;

  private final Backend backend;
  private final Workload workload;
  private final Source source;

  /** Where the steps come from. */
  private sealed interface Source {
    Window run(int steps);

    Trainer trainer();

    TensorView tensors();

    List<Digest> digests();

    record OfDevice(StepTimer timer) implements Source {
      @Override
      public Window run(int steps) {
        return Window.of(timer.time(steps));
      }

      @Override
      public Trainer trainer() {
        return timer.trainer();
      }

      @Override
      public TensorView tensors() {
        return timer.tensors();
      }

      @Override
      public List<Digest> digests() {
        return timer.symmetry().digests();
      }
    }

    record OfProgram(ProgramTrainer trainer, TensorView tensors) implements Source {
      @Override
      public Window run(int steps) {
        var _ = trainer.run(steps);
        return Window.of(steps, trainer.clocks());
      }

      @Override
      public List<Digest> digests() {
        return CopiedSymmetry.digests(trainer.parameters());
      }
    }

    record OfHost(Trainer trainer, TensorView tensors) implements Source {
      @Override
      public Window run(int steps) {
        return Window.of(steps, () -> trainer.run(steps));
      }

      @Override
      public List<Digest> digests() {
        return CopiedSymmetry.digests(trainer.parameters());
      }
    }
  }

  private TimedSteps(Backend backend, Workload workload, Source source) {
    this.backend = backend;
    this.workload = workload;
    this.source = source;
  }

  /**
   * Opens a trainer.
   *
   * @param submission how steps get to a device; says nothing to a backend on the host
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run this here
   */
  public static TimedSteps open(
      Backend backend, Workload workload, Resources resources, Submission submission) {
    Canonical.requireJudgeOf(backend);
    return new TimedSteps(backend, workload, source(backend, workload, resources, submission));
  }

  private static Source source(
      Backend backend, Workload workload, Resources resources, Submission submission) {
    if (backend instanceof DeviceTimers timers) {
      return new Source.OfDevice(timers.stepTimer(workload, resources, submission));
    }
    Trainer trainer = backend.open(workload, resources);
    TensorView tensors = new ProbedView(trainer, workload);
    return trainer instanceof ProgramTrainer program
        ? new Source.OfProgram(program, tensors)
        : new Source.OfHost(trainer, tensors);
  }

  @Override
  public void reset() {
    source.tensors().restart();
  }

  @Override
  public Window run(int steps) {
    return source.run(steps);
  }

  /**
   * Whether every loss since the last reset was finite: after one that was not, steps do nothing.
   */
  public boolean allFinite() {
    return source.trainer().stoppedAt().isEmpty();
  }

  /**
   * Puts steps into the device's queue and waits for none; {@link #await} must follow.
   *
   * @throws dev.lockstep.input.InputException if the backend runs on the host
   */
  public void submit(int steps) {
    onDevice().submit(steps);
  }

  /** Waits for what was submitted. */
  public void await() {
    onDevice().await();
  }

  private StepTimer onDevice() {
    return switch (source) {
      case Source.OfDevice(StepTimer timer) -> timer;
      case Source.OfHost _, Source.OfProgram _ ->
          throw new InputException(
              "timing",
              "backend",
              backend.name(),
              "which runs on the host, where nothing is submitted");
    };
  }

  /** Digests of the parameters as they are: W1, b1, W2, b2, ... */
  public List<Digest> digests() {
    return source.digests();
  }

  @Override
  public SampleTally verify() {
    try (Operations canonical = Canonical.judging(backend)) {
      return verify(canonical);
    }
  }

  private SampleTally verify(Operations canonical) {
    TensorView tensors = source.tensors();
    tensors.restart();
    source.run(2);
    List<Digest> timed = source.digests();
    tensors.restart();
    tensors.keep();
    StepSample sample =
        StepSample.before(workload, backend, canonical, tensors, 1, SampleExtent.THOROUGH, SEED);
    double loss = tensors.keep();
    SampleTally tally = sample.after(loss);
    if (!source.digests().equals(timed)) {
      return tally.contradictedBy("timed steps leave other bits than steps whose tensors are kept");
    }
    return Double.isFinite(loss) ? tally : tally.contradictedBy("the loss is " + loss);
  }

  @Override
  public void close() {
    switch (source) {
      case Source.OfDevice(StepTimer timer) -> timer.close();
      case Source.OfHost _, Source.OfProgram _ -> source.trainer().close();
    }
  }
}
