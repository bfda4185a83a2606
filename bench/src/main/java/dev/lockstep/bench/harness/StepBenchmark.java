package dev.lockstep.bench.harness;

import dev.lockstep.bench.timing.TimedSteps;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * The whole training step: rows gathered, forward, loss, backward, update. An invocation does
 * {@link #steps} of them and waits for the last; give JMH that number as {@code -opi}, so that it
 * reports the time of one.
 *
 * <p>Every iteration starts from the initial parameters. Two steps are verified, on the trainer
 * that is timed ({@link TimedSteps}).
 */
public class StepBenchmark extends StepAxes {
  /** Steps of an invocation. */
  @Param("10")
  public int steps;

  /** Runs the steps. */
  @Benchmark
  public void step() {
    run();
  }

  @Override
  int calls() {
    return steps;
  }
}
