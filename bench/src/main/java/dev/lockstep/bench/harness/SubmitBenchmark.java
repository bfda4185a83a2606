package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.bench.timing.TimedSteps;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What it costs the host to hand steps to a device: {@link #steps} are put into its queue, and the
 * wait for them lies outside of the time; give JMH that number as {@code -opi}.
 *
 * <p>A queue that is full makes the host wait, so that many steps at once show the device's time
 * instead: it holds some hundred graphs, or some thousand launches, as steps are submitted one by
 * one.
 *
 * <p>Every iteration starts from the initial parameters. Two steps are verified, on the trainer
 * that is timed ({@link TimedSteps}).
 */
public class SubmitBenchmark extends StepAxes {

  /** Steps of an invocation. */
  @Param("10")
  public int steps;

  /** Hands the steps over. */
  @Benchmark
  public void submit() {
    work().submit(steps);
  }

  /** Waits for them; JMH does not count it. */
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
