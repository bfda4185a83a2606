package dev.lockstep.bench.harness;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Reports, as the secondary result {@value #NAME}, for how long this JVM stood still during an
 * iteration: because it was stopped by a signal, its machine was paused, or others had the
 * processors. A thread that wakes up every {@value #BEAT_MILLISECONDS} ms finds out, since it then
 * wakes up much too late. Iterations in which nothing stood still report nothing.
 *
 * <p>The same thread ends this JVM when the one that started it is gone, so that a run that was
 * killed leaves no fork behind.
 */
public final class StandstillProfiler implements InternalProfiler {

  /** Name of the secondary result, in milliseconds. */
  public static final String NAME = "standstill";

  private static final long BEAT_MILLISECONDS = 200;

  /** Lateness below this is that of a busy machine. */
  private static final long LEAST_MILLISECONDS = 1000;

  private static final long NANOS = 1_000_000;

  /** Milliseconds of all standstills so far; the thread is one for all profilers of a JVM. */
  private static final AtomicLong STOOD = new AtomicLong();

  private static volatile long lastBeat;

  private static boolean started;

  private long before;

  @Override
  public String getDescription() {
    return "for how long the JVM stood still";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    start();
    before = STOOD.get();
  }

  private static synchronized void start() {
    if (!started) {
      started = true;
      lastBeat = System.nanoTime();
      Thread heart = new Thread(StandstillProfiler::beat, "heartbeat");
      heart.setDaemon(true);
      heart.start();
    }
  }

  private static void beat() {
    ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
    while (parent.isAlive()) {
      try {
        Thread.sleep(BEAT_MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      // From beat to beat, and first from the start, so that no moment is left out.
      long now = System.nanoTime();
      long late = (now - lastBeat) / NANOS - BEAT_MILLISECONDS;
      if (late >= LEAST_MILLISECONDS) {
        STOOD.addAndGet(late);
      }
      lastBeat = now;
    }
    Runtime.getRuntime().halt(1);
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    // After a standstill this thread may be awake before the other.
    while (System.nanoTime() - lastBeat > (BEAT_MILLISECONDS + LEAST_MILLISECONDS) * NANOS) {
      Thread.onSpinWait();
    }
    long stood = STOOD.get() - before;
    return stood == 0
        ? List.of()
        : List.of(new ScalarResult(NAME, stood, "ms", AggregationPolicy.SUM));
  }
}
