package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The upper limits of performance, measured in the same run. The ceiling of a case that computes
 * much is the rate of multiply-adds in registers on the same number of CPU threads or, on a device,
 * the backend's fastest product. The ceiling of a case that computes little is a copy of as much
 * memory, on the CPU or within the device.
 */
final class Ceilings {
  /** A share of the ceiling above this value shows that a measurement is wrong. */
  static final double SUSPECT = 1.1;

  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN);

  private final List<CaseResult> results;

  /**
   * @param results all results of a run, including ceilings
   */
  Ceilings(List<CaseResult> results) {
    this.results = List.copyOf(results);
  }

  /** Returns the nanoseconds per call; empty if nothing was measured. */
  static OptionalDouble time(CaseResult result) {
    return result.forks().isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(INFERENCE.time(result.samples()).value());
  }

  /** Returns the rate in GFLOP/s; empty if nothing was measured or operations are not counted. */
  static OptionalDouble rate(CaseResult result) {
    OptionalDouble time = time(result);
    return result.flops() == 0 || time.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(result.flops() / time.getAsDouble());
  }

  /**
   * Returns the bandwidth in GB/s (bytes per nanosecond); empty if nothing was measured or bytes
   * are not counted.
   */
  static OptionalDouble bandwidth(CaseResult result) {
    OptionalDouble time = time(result);
    return result.bytes() == 0 || time.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(result.bytes() / time.getAsDouble());
  }

  /** Returns the ceiling of a result; empty if it has none. */
  Optional<CaseResult> of(CaseResult result) {
    boolean onDevice = result.forks().stream().anyMatch(f -> !f.deviceNanoseconds().isEmpty());
    Optional<Case> copy =
        onDevice ? Plan.deviceCopyBeside(result.of()) : Plan.copyBeside(result.of());
    if (copy.isPresent()) {
      return results.stream()
          .filter(each -> each.of().equals(copy.get()) && !each.forks().isEmpty())
          .findFirst();
    }
    if (result.flops() == 0 || Harness.of(result.of()).isCeiling()) {
      return Optional.empty();
    }
    return onDevice ? bestProduct(result.of()) : multiplyAdds(result.of());
  }

  /**
   * Returns the share of its ceiling that a result reaches, in rate or in bandwidth; empty without
   * a ceiling.
   */
  OptionalDouble share(CaseResult result) {
    Optional<CaseResult> ceiling = of(result);
    if (ceiling.isEmpty()) {
      return OptionalDouble.empty();
    }
    boolean ofBytes = ceiling.get().flops() == 0;
    OptionalDouble reached = ofBytes ? bandwidth(result) : rate(result);
    OptionalDouble most = ofBytes ? bandwidth(ceiling.get()) : rate(ceiling.get());
    return reached.isEmpty() || most.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(reached.getAsDouble() / most.getAsDouble());
  }

  private Optional<CaseResult> multiplyAdds(Case of) {
    return results.stream()
        .filter(each -> each.of().harness().equals(Harness.CEILING_FMA.label()))
        .filter(each -> each.of().axis(Axis.THREADS).equals(of.axis(Axis.THREADS)))
        .filter(each -> !each.forks().isEmpty())
        .findFirst();
  }

  private Optional<CaseResult> bestProduct(Case of) {
    return results.stream()
        .filter(each -> each.of().harness().equals(Harness.PRODUCT.label()))
        .filter(each -> each.of().axis(Axis.BACKEND).equals(of.axis(Axis.BACKEND)))
        .filter(each -> rate(each).isPresent())
        .max((a, b) -> Double.compare(rate(a).orElse(0), rate(b).orElse(0)));
  }
}
