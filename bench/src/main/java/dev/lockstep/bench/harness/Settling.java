package dev.lockstep.bench.harness;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.openjdk.jmh.infra.IterationParams;

/**
 * Runs the timed code until HotSpot has compiled it.
 *
 * <p>A fixed number of warm-up iterations is not enough when all cores are busy: the compiler's
 * threads compete for the cores, and part of the timed code is not yet compiled. A step on two
 * threads of two cores took up to twice as long for its first seconds. So this class pauses between
 * calls to leave the cores to the compiler, until nothing is compiled several times in a row.
 */
final class Settling {

  /** Duration of the calls in a round. */
  private static final Duration CALLS = Duration.ofMillis(200);

  /** Duration of the pause in a round, in which only the compiler runs. */
  private static final Duration REST = Duration.ofMillis(50);

  /** Number of consecutive rounds without compilation after which the code counts as settled. */
  private static final int QUIET = 3;

  /** Limit on the whole; the warm-up iterations must do the rest. */
  private static final Duration MOST = Duration.ofSeconds(20);

  private Settling() {}

  /**
   * Repeats a call until its code is compiled.
   *
   * @param warmup warm-up iterations; if there are none, nothing is run here either
   * @param call the timed code
   */
  static void before(IterationParams warmup, Runnable call) {
    if (warmup.getCount() > 0) {
      of(call);
    }
  }

  private static void of(Runnable call) {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    if (compiler == null || !compiler.isCompilationTimeMonitoringSupported()) {
      return; // the JVM only interprets, or does not report compilation time
    }
    long start = System.nanoTime();
    long before = compiler.getTotalCompilationTime();
    for (int quiet = 0; quiet < QUIET && System.nanoTime() - start < MOST.toNanos(); ) {
      long round = System.nanoTime();
      do {
        call.run();
      } while (System.nanoTime() - round < CALLS.toNanos());
      rest();
      long now = compiler.getTotalCompilationTime();
      quiet = now == before ? quiet + 1 : 0;
      before = now;
    }
  }

  private static void rest() {
    try {
      Thread.sleep(REST);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted before anything was timed", e);
    }
  }
}
