package dev.lockstep.bench.harness;

import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.cpu.VectorBackend;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
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
 * Measures the highest rate of multiply-adds of the vector units. It uses registers only, and as
 * many independent chains as a tile of a product ({@value #CHAINS}), so that none waits for
 * another.
 *
 * <p>A call runs {@link #flops} operations per thread, in the same vector species as the products.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public class FmaCeiling {
  private static final VectorSpecies<Float> S = VectorBackend.species();
  private static final int CHAINS = 16;
  private static final int TERMS = 100_000;

  private float x = 0.25f;
  private float y = 0.5f;

  /** Number of threads; give JMH the same number as {@code -t}. */
  @Param("1")
  public int threads;

  /** Runs the chains; the sum of their ends keeps the compiler from dropping any. */
  @Benchmark
  public float chains() {
    FloatVector a = FloatVector.broadcast(S, x);
    FloatVector b = FloatVector.broadcast(S, y);
    FloatVector c0 = FloatVector.broadcast(S, 1);
    FloatVector c1 = FloatVector.broadcast(S, 2);
    FloatVector c2 = FloatVector.broadcast(S, 3);
    FloatVector c3 = FloatVector.broadcast(S, 4);
    FloatVector c4 = FloatVector.broadcast(S, 5);
    FloatVector c5 = FloatVector.broadcast(S, 6);
    FloatVector c6 = FloatVector.broadcast(S, 7);
    FloatVector c7 = FloatVector.broadcast(S, 8);
    FloatVector c8 = FloatVector.broadcast(S, 9);
    FloatVector c9 = FloatVector.broadcast(S, 10);
    FloatVector c10 = FloatVector.broadcast(S, 11);
    FloatVector c11 = FloatVector.broadcast(S, 12);
    FloatVector c12 = FloatVector.broadcast(S, 13);
    FloatVector c13 = FloatVector.broadcast(S, 14);
    FloatVector c14 = FloatVector.broadcast(S, 15);
    FloatVector c15 = FloatVector.broadcast(S, 16);
    for (int k = 0; k < TERMS; k++) {
      c0 = a.fma(b, c0);
      c1 = a.fma(b, c1);
      c2 = a.fma(b, c2);
      c3 = a.fma(b, c3);
      c4 = a.fma(b, c4);
      c5 = a.fma(b, c5);
      c6 = a.fma(b, c6);
      c7 = a.fma(b, c7);
      c8 = a.fma(b, c8);
      c9 = a.fma(b, c9);
      c10 = a.fma(b, c10);
      c11 = a.fma(b, c11);
      c12 = a.fma(b, c12);
      c13 = a.fma(b, c13);
      c14 = a.fma(b, c14);
      c15 = a.fma(b, c15);
    }
    FloatVector left = c0.add(c1).add(c2).add(c3).add(c4).add(c5).add(c6).add(c7);
    FloatVector right = c8.add(c9).add(c10).add(c11).add(c12).add(c13).add(c14).add(c15);
    return left.add(right).reduceLanes(VectorOperators.ADD);
  }

  /** Verifies the sum against chains computed one by one, before timing. */
  @Setup(Level.Trial)
  public void verifyBefore() {
    verify(When.BEFORE);
  }

  /** Verifies the compiled code of the timed loop in the same way. */
  @TearDown(Level.Trial)
  public void verifyAfter() {
    verify(When.AFTER);
  }

  private void verify(When when) {
    float[] ends = new float[CHAINS];
    for (int chain = 0; chain < CHAINS; chain++) {
      ends[chain] = chain + 1;
      for (int k = 0; k < TERMS; k++) {
        ends[chain] = Math.fma(x, y, ends[chain]);
      }
    }
    float left = ends[0];
    float right = ends[CHAINS / 2];
    for (int chain = 1; chain < CHAINS / 2; chain++) {
      left += ends[chain];
      right += ends[CHAINS / 2 + chain];
    }
    // All lanes are equal and their number is a power of two, so their sum is exact in any order.
    float expected = (left + right) * S.length();
    float actual = chains();
    if (Float.floatToIntBits(actual) != Float.floatToIntBits(expected)) {
      throw new IllegalStateException("the chains end at " + actual + ", not " + expected);
    }
    Verification.tellEqual(when, CHAINS);
  }

  /** Returns the additions and multiplications of a call of one thread. */
  public static double flops() {
    return 2.0 * CHAINS * S.length() * TERMS;
  }
}
