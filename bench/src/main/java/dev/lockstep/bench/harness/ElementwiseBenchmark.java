package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.timing.ElementwiseKind;
import dev.lockstep.bench.timing.TimedOperation;
import dev.lockstep.input.Labelled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Times one element-wise operation of a step, on batch x width elements. It runs the code that
 * trains, although some backends fuse the operation into a product when they train.
 *
 * <p>Every element of all arrays is verified ({@link TimedOperation}). {@link ElementwiseKind}
 * describes operands whose values do not change the time over many calls.
 */
public class ElementwiseBenchmark extends WorkBenchmark<TimedOperation> {

  /** The operation, a label of {@link ElementwiseKind}. */
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

  /** Columns: units, or classes for cross-entropy. For sgd there are batch x width weights. */
  @Param("1024")
  public int width;

  /** Threads of a backend on the CPU. */
  @Param("1")
  public int threads;

  /**
   * {@code warm}: every call uses the same arrays. {@code cold}: calls take turns on several sets
   * of arrays that are together twice as large as the last-level caches.
   */
  @Param({"warm", "cold"})
  public String cache = "";

  /**
   * Calls per invocation, which waits only for the last; give JMH the same number as {@code -opi}.
   */
  @Param("1")
  public int calls;

  /** Runs the operation. */
  @Benchmark
  public void operation() {
    run();
  }

  @Override
  int calls() {
    return calls;
  }

  @Override
  TimedOperation work(Backend chosen) {
    return TimedOperation.open(
        chosen,
        Labelled.of(ElementwiseKind.class, "operation", operation),
        batch,
        width,
        Labelled.of(Work.CacheState.class, "cache", cache),
        new Resources(threads));
  }
}
