package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The result of training a network of equal units on one backend: whether and when lockstep broke,
 * and how many unit classes there are after the last step.
 *
 * @param verdict AGREES if lockstep held, or broke on a library
 * @param state whether and how it broke; NotAsked if the backend could not run
 * @param classes number of unit classes of each hidden layer after the last step, by value on a
 *     library; empty if the backend could not run
 * @param reason the state as text, or why there is none
 */
public record ClassRun(Verdict verdict, LockstepState state, List<Integer> classes, String reason) {

  public ClassRun {
    classes = List.copyOf(classes);
  }

  public boolean broken() {
    return state instanceof LockstepState.Broken;
  }

  public boolean held() {
    return state instanceof LockstepState.Held;
  }

  /** Returns this result with its state explained. */
  public ClassRun explained(UnaryOperator<LockstepState> explanation) {
    LockstepState explained = explanation.apply(state);
    return explained.equals(state)
        ? this
        : new ClassRun(verdict, explained, classes, explained.toString());
  }

  /** Returns whether an exact backend broke lockstep or a backend failed. */
  public boolean isFault() {
    return verdict == Verdict.DIFFERS || verdict == Verdict.FAILED;
  }

  /**
   * Runs all steps.
   *
   * @param workload may draw its parameters on reading if the backend is on a device
   * @param lost whether the device was lost, in this run or before it
   */
  public static ClassRun of(
      Backend backend, Workload workload, Resources resources, int steps, LostDevice lost) {
    try {
      lost.requirePresent(backend);
      return ran(backend, workload, resources, steps);
    } catch (UnavailableException e) {
      return none(Verdict.of(e.availability()), e);
    } catch (BackendFault e) {
      lost.note(backend, "in " + workload.network(), e);
      return none(Verdict.FAILED, e);
    }
  }

  private static ClassRun ran(Backend backend, Workload workload, Resources resources, int steps) {
    Kind kind = backend.kind();
    try (Contender contender =
        new Contender(backend, Watched.open(backend, workload, resources), steps, true)) {
      for (int step = 1; step <= steps; step++) {
        contender.step(_ -> {});
      }
      LockstepState state = contender.lockstep(steps);
      List<Integer> classes =
          IntStream.range(0, contender.watched.hiddenLayers())
              .mapToObj(h -> contender.watched.symmetry().unitClasses(h).decisive(kind).count())
              .toList();
      return new ClassRun(verdict(kind, state), state, classes, state.toString());
    }
  }

  private static ClassRun none(Verdict verdict, RuntimeException e) {
    return new ClassRun(
        verdict, new LockstepState.NotAsked(), List.of(), String.valueOf(e.getMessage()));
  }

  private static Verdict verdict(Kind kind, LockstepState state) {
    return switch (state) {
      case LockstepState.Held _ -> Verdict.AGREES;
      case LockstepState.Broken _ -> kind.isLibrary() ? Verdict.AGREES : Verdict.DIFFERS;
      case LockstepState.DidNotMove _, LockstepState.NotAsked _ -> Verdict.INCONCLUSIVE;
    };
  }
}
