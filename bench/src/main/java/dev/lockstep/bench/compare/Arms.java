package dev.lockstep.bench.compare;

import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.input.InputException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The two sides of a comparison.
 *
 * @param a the baseline
 * @param b the side compared with it
 */
record Arms(Arm a, Arm b) {

  private static final String FLAG = "--backends";

  /** The axis of a run that compares two builds, and its two values. */
  private static final String BUILD = "build";

  private static final String OTHER_BUILD = "other";
  private static final String THIS_BUILD = "this";

  /**
   * Finds the two sides.
   *
   * @param second the second run; null if both sides are in the first
   * @param backends the backend of A and that of B; null if none were named
   * @throws InputException if there are not two sides, or one has no case
   */
  static Arms of(RunResult first, @Nullable RunResult second, @Nullable List<String> backends) {
    if (backends != null) {
      if (backends.size() != 2 || (second == null && backends.get(0).equals(backends.get(1)))) {
        throw new InputException(FLAG, "value", String.join(",", backends), "expected two names");
      }
      return new Arms(
          arm(first, Case.BACKEND, backends.get(0)),
          arm(second == null ? first : second, Case.BACKEND, backends.get(1)));
    }
    if (second != null) {
      return new Arms(Arm.whole(first), Arm.whole(second));
    }
    if (values(first, BUILD).size() == 2) {
      return new Arms(arm(first, BUILD, OTHER_BUILD), arm(first, BUILD, THIS_BUILD));
    }
    List<String> measured = values(first, Case.BACKEND);
    if (measured.size() == 2) {
      return new Arms(
          arm(first, Case.BACKEND, measured.get(0)), arm(first, Case.BACKEND, measured.get(1)));
    }
    throw new InputException(
        FLAG,
        "value",
        "absent",
        "expected two of those in " + first.name() + ", or a second run: " + measured);
  }

  private static Arm arm(RunResult run, String axis, String value) {
    Arm arm = new Arm(run, axis, value);
    if (arm.cases().isEmpty()) {
      throw new InputException(
          axis.equals(BUILD) ? run.name() : FLAG,
          axis,
          value,
          "expected one in " + run.name() + ": " + values(run, axis));
    }
    return arm;
  }

  private static List<String> values(RunResult run, String axis) {
    return run.cases().stream().flatMap(each -> each.of().axis(axis).stream()).distinct().toList();
  }

  boolean areOfOneRun() {
    return a.run() == b.run();
  }

  boolean areBackends() {
    return a.axis().equals(Case.BACKEND) && !a.value().equals(b.value());
  }
}
