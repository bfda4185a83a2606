package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * One backend trains one network whose units start equal, for so many steps: when its lockstep
 * broke, and how many unit classes there are in the end.
 */
final class ClassRun {

  private ClassRun() {}

  /**
   * What was found.
   *
   * @param verdict AGREES if lockstep held, or broke where nobody owes it
   * @param state whether and how it broke; NotAsked if the backend could not run
   * @param classes unit classes of each hidden layer after the last step, on a library by value;
   *     empty if it could not be known
   * @param reason the state, or why there is none
   */
  record Found(Verdict verdict, LockstepState state, List<Integer> classes, String reason) {

    Found {
      classes = List.copyOf(classes);
    }

    boolean broken() {
      return state instanceof LockstepState.Broken;
    }

    private static Found none(Verdict verdict, RuntimeException e) {
      return new Found(
          verdict, new LockstepState.NotAsked(), List.of(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Runs all steps. The first and the last are kept, as long as lockstep holds.
   *
   * @param workload whose parameters may be drawn on reading if the backend is on a device
   */
  static Found of(Backend backend, Workload workload, Resources resources, int steps) {
    try (Watched watched = Watched.open(backend, workload, resources)) {
      Trainer trainer = watched.trainer();
      Watch watch = new Watch(backend.kind(), watched);
      for (int step = 1; step <= steps && watch.held(); step++) {
        boolean ends = step == 1 || step == steps;
        if (ends && trainer.inspection() == Inspection.EVERY_TENSOR) {
          watched.tensors().keep();
          watch.kept();
        } else {
          var _ = trainer.run(1);
        }
        watch.after();
      }
      LockstepState state = watch.verdict();
      var _ = trainer.run((int) (steps - trainer.step()));
      List<Integer> classes = new ArrayList<>();
      for (int h = 0; h < workload.network().depth(); h++) {
        classes.add(watched.symmetry().unitClasses(h).decisive(backend.kind()).count());
      }
      return new Found(verdict(backend.kind(), state), state, classes, state.toString());
    } catch (UnavailableException e) {
      return Found.none(Verdict.of(e.availability()), e);
    } catch (BackendFault e) {
      return Found.none(Verdict.FAILED, e);
    }
  }

  private static Verdict verdict(Kind kind, LockstepState state) {
    return switch (state) {
      case LockstepState.Held _ -> Verdict.AGREES;
      case LockstepState.Broken _ -> kind.isLibrary() ? Verdict.AGREES : Verdict.DIFFERS;
      case LockstepState.DidNotMove _, LockstepState.NotAsked _ -> Verdict.INCONCLUSIVE;
    };
  }
}
