package dev.lockstep.bench.study;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.scenario.DataSource;
import java.util.List;

/**
 * The study of units on digits that goes with other results on a page, because it explains them.
 */
public final class UsualUnits {

  static final int WIDTH = 16;
  static final int BATCH = 33;
  static final int STEPS = 800;
  static final long SEED = 1;
  static final int SEEDS = 10;

  private UsualUnits() {}

  /**
   * Carries the study out on the exact backends among some and adds it to a page. An emulated
   * device, which takes minutes, has no part in it.
   */
  public static void addTo(Contents contents, List<Candidate> backends, Resources resources) {
    List<Candidate> exact =
        exact(backends).stream().filter(backend -> backend.hardware() == Hardware.REAL).toList();
    if (!exact.isEmpty()) {
      DataSource digits = new DataSource.EmbeddedDigits();
      contents.add(
          "study units",
          run(
              new UnitExperiment(digits, digits.load(SEED), WIDTH, BATCH, STEPS, SEED, SEEDS),
              exact,
              resources));
    }
  }

  /** The exact backends among some that can run. */
  static List<Candidate> exact(List<Candidate> backends) {
    return backends.stream()
        .filter(backend -> backend.available() && backend.kind() == Kind.EXACT)
        .toList();
  }

  static UnitStudy run(UnitExperiment experiment, List<Candidate> backends, Resources resources) {
    try (ProgressDisplay progress =
        ProgressDisplay.of("study units", experiment.looks(backends.size()))) {
      return experiment.on(backends, resources, progress::step);
    }
  }
}
