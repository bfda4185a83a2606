package dev.lockstep.bench.check;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One backend in one cell: its trainer, its state after the last step, and what was seen of it. */
final class Contender implements AutoCloseable {

  final Backend backend;
  final int steps;
  final List<Agreement> agreements = new ArrayList<>();
  private final Trainer trainer;
  private final ProbedView view;
  private final @Nullable Watch watch;
  private final Workload workload;
  private Parameters before;
  private List<Parameters> momentsBefore = List.of();
  private Parameters now;
  private @Nullable Probe probe;
  private boolean judged;
  private double loss;
  private @Nullable Spread atFirst;
  private long nanos;

  Contender(Backend backend, Workload workload, Resources resources, int steps, boolean equal) {
    this.backend = backend;
    this.steps = steps;
    this.workload = workload;
    trainer = backend.open(workload, resources);
    view = new ProbedView(trainer, workload);
    try {
      now = view.parameters();
      before = now;
      watch = equal ? new Watch(backend.kind(), Watched.of(trainer, view)) : null;
    } catch (RuntimeException e) {
      try {
        trainer.close();
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Runs the next step, with a probe if it is the first or the last. */
  void step() {
    judged = trainer.step() == 0 || trainer.step() + 1 == steps;
    boolean probed = judged && trainer.inspection() == Inspection.EVERY_TENSOR;
    before = now;
    if (judged) {
      momentsBefore = trainer.moments();
    }
    long start = System.nanoTime();
    if (probed) {
      loss = view.keep();
      probe = view.probe();
    } else {
      loss = trainer.run(1)[0];
      probe = null;
    }
    nanos += System.nanoTime() - start;
    now = view.parameters();
    if (watch != null) {
      if (probe != null) {
        watch.kept();
      }
      watch.after();
    }
    if (trainer.step() == 1) {
      atFirst = Spread.of(now);
    }
  }

  /** Whether step number {@code step}, counted from 1, is still its to run. */
  boolean runs(int step) {
    return step <= steps;
  }

  /** Parameters before the last step. */
  Parameters before() {
    return before;
  }

  /** What the optimiser's rule kept before the last step that was probed. */
  List<Parameters> momentsBefore() {
    return momentsBefore;
  }

  /** Parameters after the last step. */
  Parameters parameters() {
    return now;
  }

  /** Whether the last step is one of those that are judged alone. */
  boolean judged() {
    return judged;
  }

  /** The loss of the last step. */
  double loss() {
    return loss;
  }

  /** What the last step kept, if it was probed. */
  Optional<Probe> probe() {
    return Optional.ofNullable(probe);
  }

  boolean inLockstep() {
    return watch != null && watch.held();
  }

  /**
   * What it did.
   *
   * @param allSteps steps of the cell, which it may have been cut short of
   */
  Outcome outcome(int allSteps) {
    Spread last = Spread.of(now);
    String fault =
        trainer.stoppedAt().isPresent()
            ? "the loss was not finite at step " + (trainer.stoppedAt().getAsLong() + 1)
            : null;
    return new Outcome(
        backend.name(),
        backend.kind(),
        steps,
        lockstep(allSteps),
        atFirst == null ? last : atFirst,
        last,
        agreements,
        trainer.evaluate(workload.data().test()),
        nanos * 1e-9,
        fault,
        null);
  }

  private LockstepState lockstep(int allSteps) {
    if (watch == null) {
      return new LockstepState.NotAsked();
    }
    return steps < allSteps ? watch.verdictSoFar() : watch.verdict();
  }

  @Override
  public void close() {
    trainer.close();
  }
}
