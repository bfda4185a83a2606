package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.bench.timing.TimedProduct;
import dev.lockstep.program.ProductForm;
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
 * One matrix product, C = op(A) op(B), with operands that stay where they are: caches hold of them
 * what they can.
 *
 * <p>At least 4,096 elements are verified before the first iteration and, of what the last timed
 * call left behind, after the last ({@link TimedProduct}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public class ProductBenchmark {

  @Param("vector")
  public String backend = "";

  /** Rows of C, columns of C and terms, as {@code m x n x k} without the spaces. */
  @Param({"1024x1024x1024", "2048x2048x2048", "250x1021x777", "64x1024x1024"})
  public String shape = "";

  /** How A and B are stored. */
  @Param public ProductForm form = ProductForm.AB;

  /** Of a backend on the CPU. */
  @Param("1")
  public int threads;

  /**
   * Products of an invocation, after the last of which is waited; give JMH the same {@code -opi}.
   */
  @Param("1")
  public int calls;

  private @Nullable TimedProduct timed;

  /** Makes the matrices, multiplies them once and verifies the product. */
  @Setup(Level.Trial)
  public void open(BenchmarkParams run) {
    open(Backends.named("backend", backend));
    timed().reset();
    Settling.before(run.getWarmup(), () -> timed().run(calls));
  }

  void open(Backend chosen) {
    String[] sizes = shape.split("x", -1);
    TimedProduct opened =
        TimedProduct.open(
            chosen,
            form,
            Integer.parseInt(sizes[0]),
            Integer.parseInt(sizes[1]),
            Integer.parseInt(sizes[2]),
            new Resources(threads));
    timed = opened;
    opened.run(1);
    Verification.tell(When.BEFORE, opened.verify());
  }

  /** Overwrites C, so that a call that does nothing is found out. */
  @Setup(Level.Iteration)
  public void reset() {
    timed().reset();
  }

  /** Overwrites C with the product. */
  @Benchmark
  public void product() {
    OwnClock.add(timed().run(calls));
  }

  /** Verifies what the last timed call left in C. */
  @TearDown(Level.Trial)
  public void close() {
    try (TimedProduct last = timed()) {
      Verification.tell(When.AFTER, last.verify());
    }
  }

  private TimedProduct timed() {
    TimedProduct opened = timed;
    if (opened == null) {
      throw new IllegalStateException("not opened");
    }
    return opened;
  }
}
