package dev.lockstep.bench.timing;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.timing.Measurement.Sample;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.Optional;

/**
 * Times steps of an exact backend on the CPU, by the clock. Before and after, one step is compared
 * with the same step of {@code scalar} from the same state: all parameters, bit for bit.
 */
public final class HostTimings {

  private HostTimings() {}

  /** A training step; each window starts from the initial parameters. */
  public static Measurement step(
      Backend backend, Workload workload, Resources resources, Protocol protocol) {
    String what =
        "%s, batch %d, %d threads"
            .formatted(workload.network(), workload.batch(), resources.threads());
    long start = System.nanoTime();
    try (Trainer timed = backend.open(workload, resources)) {
      timed.run(1);
      double first = (System.nanoTime() - start) * 1e-6;
      try (Trainer reference =
          Backends.named("timing", "scalar").open(workload, new Resources(1))) {
        Optional<Difference> before = difference(timed, reference);
        List<Sample> samples =
            before.isPresent()
                ? List.of()
                : Windows.onHost(protocol, () -> timed.restore(workload.initial(), 0), timed::run);
        return before
            .or(() -> difference(timed, reference))
            .map(
                found ->
                    Measurement.without(
                        "step", backend.name(), what, Verdict.DIFFERS, found.toString()))
            .orElseGet(
                () ->
                    new Measurement(
                        "step",
                        backend.name(),
                        what,
                        Verdict.AGREES,
                        "all parameters equal those of scalar after a step, before and after",
                        first,
                        samples,
                        0));
      }
    }
  }

  /** One step of both from the present state of the one that is timed. */
  private static Optional<Difference> difference(Trainer timed, Trainer reference) {
    Parameters state = timed.parameters();
    reference.restore(state, timed.step());
    timed.run(1);
    reference.run(1);
    return Difference.first(timed.step(), reference.parameters(), timed.parameters());
  }
}
