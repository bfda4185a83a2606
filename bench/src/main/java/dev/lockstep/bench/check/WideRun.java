package dev.lockstep.bench.check;

import dev.lockstep.agreement.SampleExtent;
import dev.lockstep.agreement.SampleTally;
import dev.lockstep.agreement.StepSample;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.data.Dataset;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Divergence;
import dev.lockstep.symmetry.Quotient;
import dev.lockstep.symmetry.UnitClasses;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs one cell of a network too wide to be trained a second time, on the backends whose tensors
 * lie on a device: one after the other, since each may need most of its memory.
 *
 * <p>Equal units need no reference to be compared with, and of the first and the last step {@link
 * StepSample} recomputes elements of every product. Parameters are drawn row by row on their way to
 * the device and never copied back whole.
 */
final class WideRun {

  /** Steps of a cell: under the rates of a cell the units move by more than a tenth. */
  static final int STEPS = 20;

  /** Units of a layer that its relative spread is measured on. */
  private static final int SPREAD_UNITS = 16;

  private final Cell cell;
  private final Scenario scenario;
  private final Workload workload;
  private final List<Backend> backends;
  private final Resources resources;

  WideRun(Cell cell, Scenario scenario, Dataset data, List<Backend> backends, Resources resources) {
    this.cell = cell;
    this.scenario = scenario;
    this.workload = scenario.prepareOnReading(data);
    this.backends = backends;
    this.resources = resources;
  }

  CellResult run(CellRun.Progress progress) {
    List<Outcome> outcomes = new ArrayList<>();
    List<Interruption> interruptions = new ArrayList<>();
    for (Backend backend : backends) {
      Attempt attempt = new Attempt(backend);
      try {
        outcomes.add(attempt.run(progress));
      } catch (BackendFault | UnavailableException e) {
        interruptions.add(Interruption.of(backend, attempt.when, e));
      }
    }
    return new CellResult(
        cell,
        scenario,
        workload.network(),
        RunJudge.judged(outcomes, workload.data().test().rows(), RunJudge.Classes.of(scenario)),
        interruptions,
        narrowAccuracy());
  }

  /** Test accuracy of the network with one unit a layer, in binary64. */
  private @Nullable Double narrowAccuracy() {
    if (!scenario.unitsStayEqual()) {
      return null;
    }
    Backend oracle = Backends.oracle();
    try (Trainer trainer = oracle.open(Quotient.workload(workload), resources)) {
      trainer.run(scenario.steps());
      return trainer.evaluate(workload.data().test()).accuracy();
    }
  }

  /** One backend's part. */
  private final class Attempt {
    private final Backend backend;
    private final List<SampleTally> samples = new ArrayList<>();
    private long nanos;

    /** What it is at, for the sentence of one that fails. */
    String when = "when opened";

    Attempt(Backend backend) {
      this.backend = backend;
    }

    Outcome run(CellRun.Progress progress) {
      try (Operations canonical = Backends.judgeOf(backend).operations(new Resources(1));
          ResidentTrainer opened = ResidentTrainer.open(backend, workload, resources)) {
        @Nullable ResidentWatch watch =
            scenario.unitsStayEqual() ? new ResidentWatch(backend.kind(), opened) : null;
        Spread atFirst = new Spread(List.of(), 0);
        for (int step = 1; step <= scenario.steps(); step++) {
          when = "in step " + step;
          step(opened, canonical, watch);
          if (step == 1) {
            atFirst = spread(opened);
          }
          progress.step();
        }
        when = "after the last step";
        Outcome outcome =
            new Outcome(
                backend.name(),
                backend.kind(),
                scenario.steps(),
                watch == null ? new LockstepState.NotAsked() : watch.verdict(),
                atFirst,
                spread(opened),
                List.of(Agreement.sample(samples)),
                opened.trainer().evaluate(workload.data().test()),
                nanos * 1e-9,
                fault(opened),
                null);
        when = "when closed";
        return outcome;
      }
    }

    /** Runs the next step, and samples it if it is the first or the last. */
    private void step(ResidentTrainer opened, Operations canonical, @Nullable ResidentWatch watch) {
      Trainer trainer = opened.trainer();
      if (trainer.step() == 0 || trainer.step() + 1 == scenario.steps()) {
        StepSample sample =
            StepSample.before(
                workload,
                backend,
                canonical,
                opened.tensors(),
                trainer.step(),
                SampleExtent.GLANCE,
                scenario.seed() + trainer.step());
        long start = System.nanoTime();
        double loss = opened.tensors().keep();
        nanos += System.nanoTime() - start;
        samples.add(sample.after(loss));
        if (watch != null) {
          watch.kept();
        }
      } else {
        long start = System.nanoTime();
        trainer.run(1);
        nanos += System.nanoTime() - start;
      }
      if (watch != null) {
        watch.after();
      }
    }

    private @Nullable String fault(ResidentTrainer opened) {
      return opened.trainer().stoppedAt().isPresent()
          ? "the loss was not finite at step " + (opened.trainer().stoppedAt().getAsLong() + 1)
          : null;
    }
  }

  /** Classes of all units; how far the first of them are apart. */
  private static Spread spread(ResidentTrainer opened) {
    ResidentUnits units = new ResidentUnits(opened.network(), opened.tensors());
    int hidden = opened.network().depth();
    List<UnitClasses> layers = new ArrayList<>();
    double relative = 0;
    for (int h = 0; h < hidden; h++) {
      layers.add(opened.symmetry().unitClasses(h));
      relative +=
          Divergence.relativeSpread(
              units.first(Math.min(SPREAD_UNITS, opened.network().out(h)), h));
    }
    return new Spread(layers, hidden == 0 ? 0 : relative / hidden);
  }
}
