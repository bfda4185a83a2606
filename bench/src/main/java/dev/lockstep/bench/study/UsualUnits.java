package dev.lockstep.bench.study;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.flags.BackendNames;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.scenario.DataSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
   * Carries the study out on the exact backends among some. An emulated device, which takes
   * minutes, has no part in it.
   *
   * @return empty if there is no such backend
   */
  public static Optional<UnitStudy> on(List<Candidate> backends, Resources resources) {
    List<Candidate> exact =
        exact(backends).stream().filter(backend -> backend.hardware() == Hardware.REAL).toList();
    if (exact.isEmpty()) {
      return Optional.empty();
    }
    DataSource digits = new DataSource.EmbeddedDigits();
    return Optional.of(
        run(
            new UnitExperiment(digits, digits.load(SEED), WIDTH, BATCH, STEPS, SEED, SEEDS),
            exact,
            resources));
  }

  /** Carries the study out as {@link #on} does and adds it to a page. */
  public static void addTo(Contents contents, List<Candidate> backends, Resources resources) {
    on(backends, resources).ifPresent(study -> contents.add("study units", study));
  }

  /** The backends of these names or, if there are none, the exact ones that can run. */
  static List<Candidate> chosen(@Nullable List<String> names, Resources resources) {
    return names == null
        ? exact(Candidate.usual(resources))
        : Candidate.required(BackendNames.FLAG, names, resources);
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
