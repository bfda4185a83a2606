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
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
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

  /** A trainer with its watch. */
  private sealed interface Watched extends AutoCloseable {

    /**
     * Runs a step; if it is kept, all that it computed is looked at and not the parameters alone.
     */
    void step(boolean kept);

    boolean held();

    LockstepState verdict();

    Trainer trainer();

    int classes(Kind kind, int hiddenLayer);

    @Override
    void close();

    record OnDevice(ResidentTrainer opened, ResidentWatch watch) implements Watched {
      @Override
      public void step(boolean kept) {
        if (kept) {
          opened.tensors().keep();
          watch.kept();
        } else {
          opened.trainer().run(1);
        }
        watch.after();
      }

      @Override
      public boolean held() {
        return watch.held();
      }

      @Override
      public LockstepState verdict() {
        return watch.verdict();
      }

      @Override
      public Trainer trainer() {
        return opened.trainer();
      }

      @Override
      public int classes(Kind kind, int hiddenLayer) {
        UnitClasses classes = opened.symmetry().unitClasses(hiddenLayer);
        return kind.isLibrary() ? classes.countByValue() : classes.count();
      }

      @Override
      public void close() {
        opened.close();
      }
    }

    record InHeap(Trainer trainer, LockstepWatch watch) implements Watched {
      @Override
      public void step(boolean kept) {
        if (kept && trainer.inspection() == Inspection.EVERY_TENSOR) {
          watch.probed(trainer.step() + 1, trainer.probe());
        } else {
          trainer.run(1);
        }
        watch.after(trainer, trainer.parameters());
      }

      @Override
      public boolean held() {
        return watch.held();
      }

      @Override
      public LockstepState verdict() {
        return watch.verdict();
      }

      @Override
      public int classes(Kind kind, int hiddenLayer) {
        UnitSlices slices = UnitSlices.of(trainer.parameters(), hiddenLayer);
        return (kind.isLibrary() ? UnitClasses.byValue(slices) : UnitClasses.of(slices)).count();
      }

      @Override
      public void close() {
        trainer.close();
      }
    }
  }

  /**
   * Runs all steps. The first and the last are kept, as long as lockstep holds.
   *
   * @param workload whose parameters may be drawn on reading if the backend is on a device
   */
  static Found of(Backend backend, Workload workload, Resources resources, int steps) {
    try (Watched watched = open(backend, workload, resources)) {
      for (int step = 1; step <= steps && watched.held(); step++) {
        watched.step(step == 1 || step == steps);
      }
      LockstepState state = watched.verdict();
      watched.trainer().run((int) (steps - watched.trainer().step()));
      List<Integer> classes = new ArrayList<>();
      for (int h = 0; h < workload.network().depth(); h++) {
        classes.add(watched.classes(backend.kind(), h));
      }
      return new Found(verdict(backend.kind(), state), state, classes, state.toString());
    } catch (UnavailableException e) {
      return Found.none(Verdict.of(e.availability()), e);
    } catch (BackendFault e) {
      return Found.none(Verdict.FAILED, e);
    }
  }

  private static Watched open(Backend backend, Workload workload, Resources resources) {
    if (ResidentTrainer.isOf(backend)) {
      ResidentTrainer trainer = ResidentTrainer.open(backend, workload, resources);
      return new Watched.OnDevice(trainer, new ResidentWatch(backend.kind(), trainer));
    }
    return new Watched.InHeap(
        backend.open(workload, resources), new LockstepWatch(backend.kind(), workload.initial()));
  }

  private static Verdict verdict(Kind kind, LockstepState state) {
    return switch (state) {
      case LockstepState.Held _ -> Verdict.AGREES;
      case LockstepState.Broken _ -> kind.isLibrary() ? Verdict.AGREES : Verdict.DIFFERS;
      case LockstepState.DidNotMove _, LockstepState.NotAsked _ -> Verdict.INCONCLUSIVE;
    };
  }
}
