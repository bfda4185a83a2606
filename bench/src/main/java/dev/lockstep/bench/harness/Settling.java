package dev.lockstep.bench.harness;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.openjdk.jmh.infra.IterationParams;

/**
 * Runs what will be timed until HotSpot has compiled it.
 *
 * <p>Iterations of a fixed number do not see to that where all cores work: the compiler's threads
 * then get a share of them, and what is timed is partly code that is still to be replaced. A step
 * on two threads of two cores took up to twice as long for its first seconds. So between calls the
 * cores are left to the compiler, until it has had nothing to do several times in a row.
 */
final class Settling {

  /** Calls go on for so long before the compiler is looked at. */
  private static final Duration CALLS = Duration.ofMillis(200);

  /** For so long nothing runs but the compiler. */
  private static final Duration REST = Duration.ofMillis(50);

  /** Rounds in a row in which nothing was compiled. */
  private static final int QUIET = 3;

  /** What is not settled by then is left to the iterations that warm up. */
  private static final Duration MOST = Duration.ofSeconds(20);

  private Settling() {}

  /**
   * Calls again and again.
   *
   * @param warmup iterations that warm up; a run without any asks for no settled code either
   * @param call on what is timed
   */
  static void before(IterationParams warmup, Runnable call) {
    if (warmup.getCount() > 0) {
      of(call);
    }
  }

  private static void of(Runnable call) {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    if (compiler == null || !compiler.isCompilationTimeMonitoringSupported()) {
      return; // a JVM that only interprets, or does not tell
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
