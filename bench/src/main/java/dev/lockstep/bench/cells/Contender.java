package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.data.Examples;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One backend's run of a scenario, step by step. Every step is watched and timed; the first and the
 * last step keep their tensors.
 */
final class Contender implements AutoCloseable {

  final Backend backend;
  final Watched watched;
  final int steps;
  final List<Agreement> agreements = new ArrayList<>();

  /** Of its judged products, once it was judged. */
  List<ProductErrors> errors = List.of();

  private final Trainer trainer;
  private final @Nullable Watch watch;
  private @Nullable Spread atFirst;
  private OptionalLong notFinite = OptionalLong.empty();
  private @Nullable Evaluation evaluation;
  private long evaluatedAt;
  private long nanos;

  /**
   * Takes over a trainer that has not run a step, and closes it if this constructor fails.
   *
   * @param steps number of steps to run
   * @param equal whether the units should stay equal
   */
  Contender(Backend backend, Watched watched, int steps, boolean equal) {
    this.backend = backend;
    this.watched = watched;
    this.steps = steps;
    trainer = watched.trainer();
    try {
      watch = equal ? new Watch(backend.kind(), watched) : null;
    } catch (RuntimeException e) {
      try {
        trainer.close();
      } catch (RuntimeException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /**
   * Returns whether the next step is the first or the last, which are judged in binary64 or by
   * samples.
   */
  boolean judgedNext() {
    return trainer.step() == 0 || trainer.step() + 1 == steps;
  }

  /**
   * Runs the next step.
   *
   * @param ran receives the loss before the watch checks the units and possibly reruns the step
   */
  void step(DoubleConsumer ran) {
    boolean kept = judgedNext() && isLookedAt() && trainer.inspection() != Inspection.RESULTS_ONLY;
    long start = System.nanoTime();
    double loss = kept ? watched.tensors().keep() : trainer.run(1)[0];
    nanos += System.nanoTime() - start;
    if (notFinite.isEmpty() && !Double.isFinite(loss)) {
      notFinite = OptionalLong.of(trainer.step());
    }
    ran.accept(loss);
    if (watch != null) {
      if (kept) {
        watch.kept();
      }
      watch.after();
    }
    if (trainer.step() == 1) {
      atFirst = Spread.of(watched);
    }
  }

  /**
   * Returns whether anyone looks at the tensors of kept steps: not at those of an oracle whose
   * units are not watched, and which would take much memory.
   */
  private boolean isLookedAt() {
    return watch != null || backend.kind() != Kind.ORACLE;
  }

  /** Returns the step, counted from 1, whose loss was not finite; empty if there is none. */
  OptionalLong stop() {
    return stop(trainer);
  }

  /** Returns the step, counted from 1, at which a trainer says it stopped; empty if it did not. */
  static OptionalLong stop(Trainer trainer) {
    OptionalLong stopped = trainer.stoppedAt();
    return stopped.isPresent() ? OptionalLong.of(stopped.getAsLong() + 1) : stopped;
  }

  /** Returns the first step, counted from 1, that returned a loss which was not finite. */
  OptionalLong notFinite() {
    return notFinite;
  }

  /** Returns the evaluation of the current parameters, computed at most once after each step. */
  Evaluation evaluation(Examples test) {
    Evaluation known = evaluation;
    if (known == null || evaluatedAt != trainer.step()) {
      known = trainer.evaluate(test);
      evaluation = known;
      evaluatedAt = trainer.step();
    }
    return known;
  }

  /** Returns whether this contender runs step {@code step}, counted from 1. */
  boolean runs(int step) {
    return step <= steps;
  }

  boolean inLockstep() {
    return watch != null && watch.held();
  }

  /**
   * Returns the state of units that started equal.
   *
   * @param allSteps number of steps of the scenario, which may exceed the steps of this contender
   */
  LockstepState lockstep(int allSteps) {
    if (watch == null) {
      return new LockstepState.NotAsked();
    }
    return steps < allSteps ? watch.verdictSoFar() : watch.verdict();
  }

  /** Returns the outcome after the last step. */
  Outcome outcome(int allSteps, Examples test) {
    Spread last = Spread.of(watched);
    String fault =
        stop().isPresent() ? "the loss was not finite at step " + stop().getAsLong() : null;
    return new Outcome(
        backend.name(),
        backend.kind(),
        steps,
        lockstep(allSteps),
        atFirst == null ? last : atFirst,
        last,
        stop().isPresent()
            ? agreements.stream().map(each -> each.until(stop().getAsLong())).toList()
            : agreements,
        evaluation(test),
        nanos * 1e-9,
        fault,
        null,
        errors);
  }

  @Override
  public void close() {
    watched.close();
  }
}
