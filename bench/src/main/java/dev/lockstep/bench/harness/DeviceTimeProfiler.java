package dev.lockstep.bench.harness;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Reports the device's time of the calls that JMH timed by the host's clock, by CUDA events, as the
 * secondary result {@value #NAME}. Reports nothing where nothing ran on a device.
 */
public final class DeviceTimeProfiler implements InternalProfiler {

  /** The name of the secondary result. */
  public static final String NAME = "device";

  @Override
  public String getDescription() {
    return "time on the device, by CUDA events";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    DeviceClock.restart();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return DeviceClock.calls() == 0
        ? List.of()
        : List.of(
            new ScalarResult(
                NAME, DeviceClock.nanosecondsPerCall(), "ns/op", AggregationPolicy.AVG));
  }
}
