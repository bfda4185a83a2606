package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.CacheState;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.bench.timing.TimedElementwise;
import dev.lockstep.input.Labelled;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * One elementwise operation of a step alone, on batch x width elements, by the very code that
 * trains, though some backends fuse it into a product there.
 *
 * <p>Every element of all arrays is verified before the first iteration and after the last ({@link
 * TimedElementwise}). {@link ElementwiseKind} says how operands stay harmless in between.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public class ElementwiseBenchmark {

  @Param("vector")
  public String backend = "";

  /** A label of {@link ElementwiseKind}. */
  @Param({
    "identity",
    "relu",
    "leaky-relu",
    "tanh",
    "sigmoid",
    "gelu",
    "relu-derivative",
    "leaky-relu-derivative",
    "tanh-derivative",
    "sigmoid-derivative",
    "gelu-derivative",
    "column-sums",
    "cross-entropy",
    "sgd"
  })
  public String operation = "";

  /** Rows. */
  @Param("256")
  public int batch;

  /** Columns: units, or the classes of cross-entropy; with sgd there are batch x width weights. */
  @Param("1024")
  public int width;

  /** Of a backend on the CPU. */
  @Param("1")
  public int threads;

  /**
   * {@code warm}: every call works on the same arrays; {@code cold}: calls take turns on arrays
   * that are together twice as large as the last-level caches.
   */
  @Param({"warm", "cold"})
  public String cache = "";

  /** Calls of an invocation, after the last of which is waited; give JMH the same {@code -opi}. */
  @Param("1")
  public int calls;

  private @Nullable TimedElementwise timed;

  /** Opens it, does it once and verifies it. */
  @Setup(Level.Trial)
  public void open(BenchmarkParams run) {
    open(Backends.named("backend", backend));
    timed().reset();
    Settling.before(run.getWarmup(), () -> timed().run(calls));
  }

  void open(Backend chosen) {
    TimedElementwise opened =
        TimedElementwise.open(
            chosen,
            kind(operation),
            batch,
            width,
            Labelled.of(CacheState.class, "cache", cache),
            new Resources(threads));
    timed = opened;
    opened.run(1);
    Verification.tell(When.BEFORE, opened.verify());
  }

  /** Back to the first operands. */
  @Setup(Level.Iteration)
  public void reset() {
    timed().reset();
  }

  /** Does it. */
  @Benchmark
  public void operation() {
    OwnClock.add(timed().run(calls));
  }

  /** Verifies the same arrays. */
  @TearDown(Level.Trial)
  public void close() {
    try (TimedElementwise last = timed()) {
      Verification.tell(When.AFTER, last.verify());
    }
  }

  private TimedElementwise timed() {
    TimedElementwise opened = timed;
    if (opened == null) {
      throw new IllegalStateException("not opened");
    }
    return opened;
  }

  private static ElementwiseKind kind(String operation) {
    return Labelled.of(ElementwiseKind.class, "operation", operation);
  }

  /**
   * Additions, multiplications and divisions of a call, as {@link ElementwiseKind#flops} counts
   * them.
   */
  public static double flops(String operation, int batch, int width) {
    return kind(operation).flops(batch, width);
  }

  /** Bytes of a call: every operand and every result once, what is overwritten in place twice. */
  public static double bytes(String operation, int batch, int width) {
    return kind(operation).bytes(batch, width);
  }
}
