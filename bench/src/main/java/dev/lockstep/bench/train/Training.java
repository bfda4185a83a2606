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
 * A training from where its trainer stands to its last step, with a line an epoch.
 *
 * @param backend the trainer's name
 * @param checkpoints where its state is saved; null if nowhere
 * @param saveEvery steps between two of them
 */
record Training(
    Scenario scenario,
    Workload workload,
    Trainer trainer,
    String backend,
    @Nullable Checkpoints checkpoints,
    int saveEvery) {

  /** Column at which what is told of the layers begins. */
  private static final int LAYERS = 38;

  /**
   * Trains. Where nobody reads what is printed any more and no file is to be written, it ends
   * early.
   *
   * @param trajectory file for what was seen; null for none
   * @param save file for the parameters; null for none
   * @throws InputException if a file cannot be written, or a loss was not finite
   */
  void run(@Nullable Path trajectory, @Nullable Path save) {
    List<Trajectory.Moment> moments = new ArrayList<>();
    moments.add(Trajectory.Moment.of(trainer, Double.NaN));
    int epoch = workload.batches().stepsPerEpoch();
    Printer out = Printer.out();
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
    try (ProgressDisplay progress = ProgressDisplay.of("train", scenario.steps())) {
      progress.stepTo(trainer.step());
      while (trainer.step() < scenario.steps()
          && trainer.stoppedAt().isEmpty()
          && (writes || !StandardOutput.failed())) {
        long end = Math.min(scenario.steps(), (trainer.step() / epoch + 1) * epoch);
        double loss = Double.NaN;
        while (trainer.step() < end && trainer.stoppedAt().isEmpty()) {
          long first = trainer.step();
          double[] losses = stretch.run(end - first);
          // Steps after one whose loss was not finite change nothing.
          long last = trainer.stoppedAt().orElse(trainer.step() - 1);
          loss = losses[(int) (last - first)];
          progress.stepTo(last + 1);
          saveState();
        }
        long done = trainer.stoppedAt().isPresent() ? trainer.stoppedAt().getAsLong() + 1 : end;
        Trajectory.Moment moment = Trajectory.Moment.of(done, loss, trainer.parameters());
        moments.add(moment);
        Evaluation evaluation = trainer.evaluate(workload.data().test());
        progress.print(() -> print(out, moment, (moment.step() + epoch - 1) / epoch, evaluation));
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
   * How many steps run before anybody looks: a device that is waited for after every step cannot
   * run ahead. A look comes twice a second or so, and where a state is to be saved.
   */
  private final class Stretch {
    private static final int MOST_STEPS = 1 << 16;
    private static final long SHORTEST_NANOS = 250_000_000;

    private int steps = 1;

    /** Runs the next steps; at most as many as are left. */
    double[] run(long left) {
      int due = due(left);
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

    private int due(long left) {
      long toSave = checkpoints == null ? left : saveEvery - trainer.step() % saveEvery;
      return (int) Math.min(steps, Math.min(left, toSave));
    }
  }

  /** At every so many steps and at the last; a state that training has stopped in is not saved. */
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
        LAYERS);
  }
}
