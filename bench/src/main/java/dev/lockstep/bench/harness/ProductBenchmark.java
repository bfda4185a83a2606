package dev.lockstep.bench.harness;

import dev.lockstep.backend.ProductForm;
import dev.lockstep.cpu.VectorProducts;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * The rate of products in canonical order.
 *
 * <p>The column {@code flops} is in operations a nanosecond, that is GFLOP/s, a multiply-add
 * counting as two. {@link FmaCeiling} in the same run gives the most that one core can do, in the
 * same unit; its share is the quotient of the two. For two threads run it with {@code -t 2}.
 *
 * <p>Elements of the product are compared with chains computed one by one, before the timing and,
 * on what the last timed call left behind, after it. A different bit ends the run without a number.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-XX:+UseTransparentHugePages"})
public class ProductBenchmark {
  private static final long SEED = 20261101;
  private static final int SAMPLES = 500;

  /** Rows of C, columns of C and terms, as {@code m x n x k} without the spaces. */
  @Param({"1024x1024x1024", "2048x2048x2048", "250x1021x777", "64x1024x1024"})
  public String shape = "";

  /** How A and B are stored. */
  @Param public ProductForm form = ProductForm.AB;

  /** Threads of a product, JMH's own included. */
  @Param({"1", "2"})
  public int threads;

  private int m;
  private int n;
  private int k;
  private float[] a = {};
  private float[] b = {};
  private float[] c = {};
  private VectorProducts products = new VectorProducts(1);

  /** What JMH reports beside the calls. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Work {
    /** Additions and multiplications. */
    public long flops;
  }

  /** Makes the matrices, multiplies them once and checks the product. */
  @Setup(Level.Trial)
  public void prepare() {
    String[] sizes = shape.split("x", -1);
    m = Integer.parseInt(sizes[0]);
    n = Integer.parseInt(sizes[1]);
    k = Integer.parseInt(sizes[2]);
    Random random = new Random(SEED);
    a = draw(m * k, random);
    b = draw(k * n, random);
    c = new float[m * n];
    products.close();
    products = new VectorProducts(threads);
    products.multiply(form, m, n, k, a, b, c);
    verify("before");
  }

  /** Overwrites C with the product. */
  @Benchmark
  public float[] product(Work work) {
    products.multiply(form, m, n, k, a, b, c);
    work.flops += 2L * m * n * k;
    return c;
  }

  /** Checks what the last timed call left in C. */
  @TearDown(Level.Trial)
  public void finish() {
    products.close();
    verify("after");
  }

  private void verify(String when) {
    Random random = new Random(SEED + 1);
    for (int sample = 0; sample < SAMPLES; sample++) {
      // The last row and column lie in tiles that the edge may cut.
      int i = sample % 5 == 0 ? m - 1 : random.nextInt(m);
      int j = sample % 7 == 0 ? n - 1 : random.nextInt(n);
      float expected = chain(i, j);
      float actual = c[i * n + j];
      if (Float.floatToIntBits(actual) != Float.floatToIntBits(expected)) {
        throw new IllegalStateException(
            "%s timing, %s %s, %d threads: element (%d, %d) is %s, not %s"
                .formatted(when, form, shape, threads, i, j, actual, expected));
      }
    }
  }

  private float chain(int i, int j) {
    float acc = 0f;
    for (int t = 0; t < k; t++) {
      float x = form == ProductForm.ATB ? a[t * m + i] : a[i * k + t];
      float y = form == ProductForm.ABT ? b[j * k + t] : b[t * n + j];
      acc = Math.fma(x, y, acc);
    }
    return acc;
  }

  private static float[] draw(int length, Random random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }
}
