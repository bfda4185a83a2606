package dev.lockstep.bench.harness;

import dev.lockstep.bench.harness.Verification.When;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Times copies of memory of a given size, the ceiling of operations that compute little. Every
 * thread copies its own arrays; the footprint is their total. Run it with as many JMH threads
 * ({@code -t}) as {@link #threads} says.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public class CopyCeiling {

  /** Total size of the sources and targets of all threads, in KiB. */
  @Param({"256", "16384", "524288"})
  public int footprint;

  @Param("1")
  public int threads;

  private float[] source = {};
  private float[] target = {};

  /** Allocates and fills the arrays, and verifies one copy. */
  @Setup(Level.Trial)
  public void allocate() {
    int length = Math.max(1, (int) ((long) footprint * 1024 / threads / 2 / Float.BYTES));
    source = new float[length];
    target = new float[length];
    for (int i = 0; i < length; i++) {
      source[i] = i;
    }
    copy();
    verify(When.BEFORE);
  }

  /** Copies once. */
  @Benchmark
  public float[] copy() {
    System.arraycopy(source, 0, target, 0, source.length);
    return target;
  }

  /** Verifies the last copy. */
  @TearDown(Level.Trial)
  public void finish() {
    verify(When.AFTER);
  }

  private void verify(When when) {
    if (!Arrays.equals(source, target)) {
      throw new IllegalStateException("the copy differs");
    }
    Verification.tellEqual(when, source.length);
  }
}
