package dev.lockstep.bench.harness;

import dev.lockstep.bench.timing.TimedSteps;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Times the whole training step: gathering rows, forward, loss, backward, update. An invocation
 * runs {@link #steps} steps and waits for the last; give JMH that number as {@code -opi}, so that
 * it reports the time of one step.
 *
 * <p>Every iteration starts from the initial parameters. Two steps of the timed trainer are
 * verified ({@link TimedSteps}).
 */
public class StepBenchmark extends StepAxes {
  /** Steps per invocation. */
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
