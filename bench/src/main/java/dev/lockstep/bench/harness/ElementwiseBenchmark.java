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
 * One elementwise operation of a step alone, on batch x width elements, by the very code that
 * trains, though some backends fuse it into a product there.
 *
 * <p>Every element of all arrays is verified ({@link TimedOperation}). {@link ElementwiseKind} says
 * how operands stay harmless in between.
 */
public class ElementwiseBenchmark extends WorkBenchmark<TimedOperation> {

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

  /** Does it. */
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
