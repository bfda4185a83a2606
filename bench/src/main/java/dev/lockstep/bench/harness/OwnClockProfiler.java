package dev.lockstep.bench.harness;

import dev.lockstep.bench.timing.VerifiedWork;
import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Reports a second time for calls that JMH times by the host's clock: by CUDA events as the
 * secondary result {@value #DEVICE}, or by a program's own clock as {@value #PROGRAM}. Backends
 * without such a clock have no second time. The static fields are not synchronised, because only
 * one thread uses a device or a program.
 */
public final class OwnClockProfiler implements InternalProfiler {

  /** Name of the secondary result of a device. */
  public static final String DEVICE = "device";

  /** Name of the secondary result of a program. */
  public static final String PROGRAM = "program";

  private static String label = "";
  private static double milliseconds;
  private static long calls;

  /** Runs work {@code count} times and adds the time by its own clock, if it has one. */
  static void add(VerifiedWork work, int count) {
    OptionalDouble own = work.run(count).own();
    if (own.isPresent()) {
      label = work.ownClock();
      milliseconds += own.getAsDouble();
      calls += count;
    }
  }

  @Override
  public String getDescription() {
    return "time on the device, by CUDA events, or by a program's own clock";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    milliseconds = 0;
    calls = 0;
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    return calls == 0
        ? List.of()
        : List.of(
            new ScalarResult(label, milliseconds * 1e6 / calls, "ns/op", AggregationPolicy.AVG));
  }
}
