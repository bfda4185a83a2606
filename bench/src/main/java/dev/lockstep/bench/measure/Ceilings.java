package dev.lockstep.bench.measure;

import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the machine can do at most, measured in the same run: multiply-adds in registers for what
 * runs on as many threads of the CPU, copies of as much memory for what computes little, on the CPU
 * or within a device, and for all else on a device its own best product.
 */
final class Ceilings {
  /** A share that says that the measurement is wrong, and not the machine. */
  static final double SUSPECT = 1.1;

  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN);

  private final List<CaseResult> results;

  /**
   * @param results of a run, ceilings among them
   */
  Ceilings(List<CaseResult> results) {
    this.results = List.copyOf(results);
  }

  /** Nanoseconds a call; empty if nothing was measured. */
  static OptionalDouble time(CaseResult result) {
    return result.forks().isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(INFERENCE.time(result.samples()).value());
  }

  /** GFLOP/s; empty if nothing was measured or operations are not counted. */
  static OptionalDouble rate(CaseResult result) {
    OptionalDouble time = time(result);
    return result.flops() == 0 || time.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(result.flops() / time.getAsDouble());
  }

  /** Bytes a nanosecond, that is GB/s; empty if nothing was measured or bytes are not counted. */
  static OptionalDouble bandwidth(CaseResult result) {
    OptionalDouble time = time(result);
    return result.bytes() == 0 || time.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(result.bytes() / time.getAsDouble());
  }

  /** What a result is held against. */
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

  /** The share of its ceiling that a result reaches: of its rate, or of its bandwidth. */
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
