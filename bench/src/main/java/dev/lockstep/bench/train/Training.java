package dev.lockstep.bench.train;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.bench.terminal.StandardOutput;
import dev.lockstep.input.InputException;
import dev.lockstep.model.ParametersFile;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Trajectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A training from its trainer's current step to the last, with one printed line per epoch.
 *
 * @param backend the name of the trainer's backend
 * @param checkpoints the folder for saved states; null for none
 * @param saveEvery the steps between two saved states
 * @param pictures draws units while they are trained, instead of a progress bar; null for none
 */
record Training(
    Scenario scenario,
    Workload workload,
    Trainer trainer,
    String backend,
    @Nullable Checkpoints checkpoints,
    int saveEvery,
    @Nullable SideBySide pictures) {

  private static final int COLUMN_OF_LAYERS = 38;

  /**
   * Trains. Ends early if standard output is closed and no file is to be written.
   *
   * @param trajectory the file for losses, digests and symmetry; null for none
   * @param save the file for the parameters; null for none
   * @throws InputException if a file cannot be written or a loss is not finite
   */
  void run(@Nullable Path trajectory, @Nullable Path save) {
    List<Trajectory.Moment> moments = new ArrayList<>();
    moments.add(Trajectory.Moment.of(trainer, Double.NaN));
    int epoch = workload.batches().stepsPerEpoch();
    Printer out = Printer.report();
    out.line(
        String.format(
            Locale.ROOT,
            " %6s %8s %10s %9s  %s",
            "epoch",
            "step",
            "loss",
            "accuracy",
            "classes and spread of each hidden layer"));
    boolean writes = trajectory != null || save != null || checkpoints != null;
    Stretch stretch = new Stretch();
    try (ProgressDisplay progress =
        ProgressDisplay.of("train", trainer.step(), pictures == null ? scenario.steps() : 0)) {
      draw();
      while (trainer.step() < scenario.steps()
          && trainer.stoppedAt().isEmpty()
          && (writes || !StandardOutput.failed())) {
        long end = Math.min(scenario.steps(), (trainer.step() / epoch + 1) * epoch);
        double loss = Double.NaN;
        while (trainer.step() < end && trainer.stoppedAt().isEmpty()) {
          long first = trainer.step();
          double[] losses = stretch.run(end - first);
          // Steps after one with a loss that is not finite change nothing.
          long last = trainer.stoppedAt().orElse(trainer.step() - 1);
          loss = losses[(int) (last - first)];
          progress.stepTo(last + 1);
          draw();
          saveState();
        }
        long done = trainer.stoppedAt().isPresent() ? trainer.stoppedAt().getAsLong() + 1 : end;
        Trajectory.Moment moment = Trajectory.Moment.of(done, loss, trainer.parameters());
        moments.add(moment);
        Evaluation evaluation = trainer.evaluate(workload.data().test());
        Runnable line = () -> print(out, moment, (moment.step() + epoch - 1) / epoch, evaluation);
        if (pictures == null) {
          progress.print(line);
        } else {
          pictures.print(line);
          pictures.draw();
        }
      }
    }
    if (trajectory != null) {
      Trajectory all = new Trajectory(scenario, backend, moments, trainer.stoppedAt());
      JsonFile.write(trajectory, all.json());
    }
    if (trainer.stoppedAt().isPresent()) {
      throw new InputException(
          "scenario",
          "learning-rate",
          scenario.learning().rate(),
          "with which the loss was not finite at step " + (trainer.stoppedAt().getAsLong() + 1));
    }
    if (save != null) {
      ParametersFile.write(save, trainer.parameters());
    }
  }

  /**
   * Chooses how many steps run at once: waiting for a device after every step would keep it from
   * running ahead. Steps return about twice a second, and when a state is to be saved.
   */
  private final class Stretch {
    private static final int MOST_STEPS = 1 << 16;
    private static final long SHORTEST_NANOS = 250_000_000;

    private int steps = 1;

    /** Runs at most {@code left} steps and returns their losses. */
    double[] run(long left) {
      long toSave = checkpoints == null ? left : saveEvery - trainer.step() % saveEvery;
      long toDraw = pictures == null ? left : pictures.untilNext(trainer.step());
      int due = (int) Math.min(Math.min(steps, toDraw), Math.min(left, toSave));
      long start = System.nanoTime();
      double[] losses = trainer.run(due);
      long nanos = System.nanoTime() - start;
      if (nanos < SHORTEST_NANOS && due == steps) {
        steps = Math.min(MOST_STEPS, 2 * steps);
      } else if (nanos > 2 * SHORTEST_NANOS) {
        steps = Math.max(1, steps / 2);
      }
      return losses;
    }
  }

  /** Draws pictures that are due. */
  private void draw() {
    if (pictures != null && pictures.isDue(trainer.step())) {
      pictures.draw();
    }
  }

  /** Saves the state every {@code saveEvery} steps and at the end, unless training has stopped. */
  private void saveState() {
    boolean due = trainer.step() % saveEvery == 0 || trainer.step() == scenario.steps();
    if (checkpoints != null && due && trainer.stoppedAt().isEmpty()) {
      checkpoints.save(trainer);
    }
  }

  private static void print(
      Printer out, Trajectory.Moment moment, long epoch, Evaluation evaluation) {
    StringBuilder layers = new StringBuilder();
    for (Trajectory.Layer layer : moment.layers()) {
      layers.append(
          String.format(
              Locale.ROOT,
              "  %d of %d, %.3g",
              layer.classes(),
              layer.units(),
              layer.divergence().relativeSpread()));
    }
    out.paragraph(
        String.format(
            Locale.ROOT,
            " %6d %8d %10.4f %8.1f%%%s",
            epoch,
            moment.step(),
            evaluation.loss(),
            100 * evaluation.accuracy(),
            layers),
        0,
        COLUMN_OF_LAYERS);
  }
}
