package dev.lockstep.bench.compare;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backends;
import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunResult;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One side of a comparison: a run, or of a run only what has one value of an axis.
 *
 * @param run that was read
 * @param axis that tells the sides apart, such as the backend; empty if the runs do
 * @param value of that axis on this side
 */
record Arm(RunResult run, String axis, String value) {

  private static final String THREADS = "threads";

  /** Names of backends on a device, whether or not there is one here. */
  private static final Set<String> ON_DEVICE =
      Backends.all().stream()
          .filter(backend -> backend.placement() == Placement.DEVICE)
          .map(Backend::name)
          .collect(Collectors.toUnmodifiableSet());

  /** All of a run. */
  static Arm whole(RunResult run) {
    return new Arm(run, "", "");
  }

  /** Its cases that are the work of a backend, measured or not. */
  List<CaseResult> cases() {
    return run.cases().stream()
        .filter(result -> result.of().axis(Case.BACKEND).isPresent())
        .filter(result -> axis.isEmpty() || result.of().axis(axis).equals(Optional.of(value)))
        .toList();
  }

  /** What both sides have alike where they are compared. */
  Case key(CaseResult result) {
    return axis.isEmpty() ? result.of() : result.of().without(axis);
  }

  /**
   * Whether another side has the same to do. Threads of the host do not count between a backend
   * that computes on it and one on a device, which only submits from there.
   */
  boolean matches(CaseResult own, Arm other, CaseResult others) {
    Case key = key(own);
    Case otherKey = other.key(others);
    return onDevice() == other.onDevice()
        ? key.equals(otherKey)
        : key.without(THREADS).equals(otherKey.without(THREADS));
  }

  /** Whether it is one backend, on a device. */
  boolean onDevice() {
    return axis.equals(Case.BACKEND) && ON_DEVICE.contains(value);
  }

  /** For people. */
  String label() {
    return axis.isEmpty() ? run.name() : value + " of " + run.name();
  }
}
