package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Axis;
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
          arm(first, Axis.BACKEND, backends.get(0)),
          arm(second == null ? first : second, Axis.BACKEND, backends.get(1)));
    }
    if (second != null) {
      return new Arms(Arm.whole(first), Arm.whole(second));
    }
    if (values(first, Axis.BUILD).size() == 2) {
      return new Arms(
          arm(first, Axis.BUILD, Axis.OTHER_BUILD), arm(first, Axis.BUILD, Axis.THIS_BUILD));
    }
    List<String> measured = values(first, Axis.BACKEND);
    if (measured.size() == 2) {
      return new Arms(
          arm(first, Axis.BACKEND, measured.get(0)), arm(first, Axis.BACKEND, measured.get(1)));
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
          axis.equals(Axis.BUILD) ? run.name() : FLAG,
          axis,
          value,
          "expected one in " + run.name() + ": " + values(run, axis));
    }
    return arm;
  }

  static List<String> values(RunResult run, String axis) {
    return run.cases().stream().flatMap(each -> each.of().axis(axis).stream()).distinct().toList();
  }

  boolean areOfOneRun() {
    return a.run() == b.run();
  }

  boolean areBackends() {
    return a.axis().equals(Axis.BACKEND) && !a.value().equals(b.value());
  }
}
