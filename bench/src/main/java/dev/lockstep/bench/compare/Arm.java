package dev.lockstep.bench.compare;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backends;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunResult;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One side of a comparison: a run, or the cases of a run with one value of an axis.
 *
 * @param run the run that was read
 * @param axis the axis that distinguishes the sides, such as the backend; empty for a whole run
 * @param value the value of that axis on this side; empty for a whole run
 */
record Arm(RunResult run, String axis, String value) {

  /** Names of all device backends, whether or not they can run here. */
  private static final Set<String> ON_DEVICE =
      Backends.all().stream()
          .filter(backend -> backend.placement() == Placement.DEVICE)
          .map(Backend::name)
          .collect(Collectors.toUnmodifiableSet());

  /** The side of a whole run. */
  static Arm whole(RunResult run) {
    return new Arm(run, "", "");
  }

  /** The cases of this side that have a backend, measured or not. */
  List<CaseResult> cases() {
    return run.cases().stream()
        .filter(result -> result.of().axis(Axis.BACKEND).isPresent())
        .filter(result -> axis.isEmpty() || result.of().axis(axis).equals(Optional.of(value)))
        .toList();
  }

  /** The case without the axis that distinguishes the sides. */
  Case key(CaseResult result) {
    return axis.isEmpty() ? result.of() : result.of().without(axis);
  }

  /**
   * Whether a case of this side is compared with a case of the other. Between a host backend and a
   * device backend, host threads do not count: the device backend only submits work from the host.
   */
  boolean matches(CaseResult own, Arm other, CaseResult theirs) {
    Case key = key(own);
    Case otherKey = other.key(theirs);
    return onDevice() == other.onDevice()
        ? key.equals(otherKey)
        : key.without(Axis.THREADS).equals(otherKey.without(Axis.THREADS));
  }

  /** Whether this side is a single backend on a device. */
  boolean onDevice() {
    return axis.equals(Axis.BACKEND) && ON_DEVICE.contains(value);
  }

  /** The name of this side for messages: {@code RUN}, or {@code VALUE of RUN}. */
  String label() {
    return axis.isEmpty() ? run.name() : value + " of " + run.name();
  }
}
