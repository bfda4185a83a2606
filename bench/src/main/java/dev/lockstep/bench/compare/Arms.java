package dev.lockstep.bench.compare;

import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.input.InputException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The two sides.
 *
 * @param a the baseline
 * @param b what is held against it
 */
record Arms(Arm a, Arm b) {

  private static final String FLAG = "--backends";

  /** The axis that a run of two builds has, and its values. */
  private static final String BUILD = "build";

  private static final String OTHER_BUILD = "other";
  private static final String THIS_BUILD = "this";

  /**
   * Finds the sides.
   *
   * @param second the second run; null if both sides are of one
   * @param backends of A and of B; null if they were not named
   * @throws InputException if there are no two sides, or one has nothing
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
    List<String> measured = List.copyOf(values(first, Case.BACKEND));
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

  private static Set<String> values(RunResult run, String axis) {
    Set<String> values = new LinkedHashSet<>();
    for (CaseResult result : run.cases()) {
      Optional<String> value = result.of().axis(axis);
      value.ifPresent(values::add);
    }
    return values;
  }

  /** Whether both sides are of one run. */
  boolean areOfOneRun() {
    return a.run() == b.run();
  }

  /** Whether the sides are two backends, so that one may overtake the other as width grows. */
  boolean areBackends() {
    return a.axis().equals(Case.BACKEND) && !a.value().equals(b.value());
  }
}
