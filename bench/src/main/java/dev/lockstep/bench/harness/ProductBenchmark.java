package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.timing.TimedProduct;
import dev.lockstep.program.ProductForm;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Times one matrix product, C = op(A) op(B). Every call uses the same operands, so caches may hold
 * them.
 *
 * <p>At least 4,096 elements are verified ({@link TimedProduct}); the last verification checks the
 * result of the last timed call.
 */
public class ProductBenchmark extends WorkBenchmark<TimedProduct> {

  /** Rows of C, columns of C and terms of an element, as {@code MxNxK}. */
  @Param({"1024x1024x1024", "2048x2048x2048", "250x1021x777", "64x1024x1024"})
  public String shape = "";

  /** Which of A and B is stored transposed. */
  @Param public ProductForm form = ProductForm.AB;

  /** Threads of a backend on the CPU. */
  @Param("1")
  public int threads;

  /**
   * Products per invocation, which waits only for the last; give JMH the same number as {@code
   * -opi}.
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
