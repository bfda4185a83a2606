package dev.lockstep.bench.harness;

import java.util.Arrays;
import java.util.Collection;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Reports the time of the calls that JMH timed by the host's clock by other clocks too: by CUDA
 * events as the secondary result {@value #DEVICE}, by a program's own clock as {@value #PROGRAM}.
 * Reports nothing where there is none.
 */
public final class OwnClockProfiler implements InternalProfiler {

  /** The secondary result of a device. */
  public static final String DEVICE = "device";

  /** The secondary result of a program. */
  public static final String PROGRAM = "program";

  @Override
  public String getDescription() {
    return "time on the device, by CUDA events, or by a program's own clock";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    for (OwnClock clock : OwnClock.values()) {
      clock.restart();
    }
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return Arrays.stream(OwnClock.values())
        .filter(clock -> clock.calls() > 0)
        .map(
            clock ->
                new ScalarResult(
                    clock.label(), clock.nanosecondsPerCall(), "ns/op", AggregationPolicy.AVG))
        .toList();
  }
}
