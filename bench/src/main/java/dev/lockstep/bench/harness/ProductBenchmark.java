package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.timing.TimedProduct;
import dev.lockstep.program.ProductForm;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * One matrix product, C = op(A) op(B), with operands that stay where they are: caches hold of them
 * what they can.
 *
 * <p>At least 4,096 elements are verified ({@link TimedProduct}), in the end of what the last timed
 * call left behind.
 */
public class ProductBenchmark extends WorkBenchmark<TimedProduct> {

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

  /** Overwrites C with the product. */
  @Benchmark
  public void product() {
    run();
  }

  @Override
  int calls() {
    return calls;
  }

  @Override
  TimedProduct work(Backend chosen) {
    String[] sizes = shape.split("x", -1);
    return TimedProduct.open(
        chosen,
        form,
        Integer.parseInt(sizes[0]),
        Integer.parseInt(sizes[1]),
        Integer.parseInt(sizes[2]),
        new Resources(threads));
  }
}
