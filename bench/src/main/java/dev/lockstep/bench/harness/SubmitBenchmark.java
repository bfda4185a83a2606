package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.bench.timing.TimedSteps;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Times how long the host takes to submit steps to a device. An invocation submits {@link #steps}
 * steps; the time excludes the wait for them. Give JMH that number as {@code -opi}.
 *
 * <p>A full queue makes the host wait, so many steps per invocation would measure the device's time
 * instead. The queue holds some hundreds of graphs or some thousands of single launches.
 *
 * <p>Every iteration starts from the initial parameters. Two steps of the timed trainer are
 * verified ({@link TimedSteps}).
 */
public class SubmitBenchmark extends StepAxes {

  /** Steps per invocation. */
  @Param("10")
  public int steps;

  /** Submits the steps. */
  @Benchmark
  public void submit() {
    work().submit(steps);
  }

  /** Waits for the steps, outside the measured time. */
  @TearDown(Level.Invocation)
  public void await() {
    work().await();
  }

  @Override
  int calls() {
    return steps;
  }

  @Override
  void open(Backend chosen) {
    super.open(chosen);
    submit();
    await();
  }
}
