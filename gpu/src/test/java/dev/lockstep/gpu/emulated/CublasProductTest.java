package dev.lockstep.gpu.emulated;

import static jcuda.jcublas.JCublas2.cublasSetAtomicsMode;
import static jcuda.jcublas.JCublas2.cublasSetPointerMode;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static jcuda.jcublas.JCublas2.cublasSgemmStridedBatched;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.cublasAtomicsMode;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasPointerMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The products are right within rounding, and as far from canonical order as those of a real
 * library.
 */
@ExtendWith(FreshDevice.class)
final class CublasProductTest {

  private static final long SEED = 20261125;
  private static final int N = cublasOperation.CUBLAS_OP_N;
  private static final int T = cublasOperation.CUBLAS_OP_T;

  @ParameterizedTest
  @CsvSource({"1,1,1", "7,33,129", "33,7,250", "32,32,32", "64,1021,250", "250,129,0"})
  void aProductIsWithinRoundingOfTheExactOne(int m, int n, int k) {
    float[] a = values(m * k);
    float[] b = values(k * n);
    try (CublasSession library = new CublasSession()) {
      float[] c = library.product(pad(a), pad(b), m, n, k);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double exact = 0;
          double magnitude = 0;
          for (int t = 0; t < k; t++) {
            exact += (double) a[i * k + t] * b[t * n + j];
            magnitude += Math.abs((double) a[i * k + t] * b[t * n + j]);
          }
          // Any order of k terms errs by at most gamma_k = k u / (1 - k u), u = 2^-24; one more for
          // alpha.
          double u = (k + 1) * 0x1p-24;
          assertThat((double) c[i * n + j] - exact)
              .as("%d, %d; seed %d", i, j, SEED)
              .isBetween(-u / (1 - u) * magnitude, u / (1 - u) * magnitude);
        }
      }
    }
  }

  @Test
  void theOrderOfSummationIsNotOneChain() {
    int m = 33;
    int n = 129;
    int k = 250;
    float[] a = values(m * k);
    float[] b = values(k * n);
    int different = 0;
    try (CublasSession library = new CublasSession()) {
      float[] c = library.product(a, b, m, n, k);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          float chain = 0;
          for (int t = 0; t < k; t++) {
            chain = Math.fma(a[i * k + t], b[t * n + j], chain);
          }
          different += chain == c[i * n + j] ? 0 : 1;
        }
      }
    }
    assertThat(different).as("of %d; seed %d", m * n, SEED).isGreaterThan(m * n / 2);
  }

  /** Columns of B that are equal: units in lockstep. */
  @ParameterizedTest
  @CsvSource({"1024,1", "1021,2", "33,2", "7,1", "129,2", "250,2"})
  void equalColumnsPartWhereATileIsCut(int width, int classes) {
    int batch = 64;
    int k = 250;
    float[] a = values(batch * k);
    float[] column = values(k);
    float[] b = new float[k * width];
    for (int i = 0; i < b.length; i++) {
      b[i] = column[i / width];
    }
    try (CublasSession library = new CublasSession()) {
      float[] c = library.product(a, b, batch, width, k);
      long found =
          IntStream.range(0, width)
              .mapToObj(
                  j ->
                      IntStream.range(0, batch)
                          .mapToObj(
                              i -> Integer.toString(Float.floatToRawIntBits(c[i * width + j])))
                          .toList())
              .distinct()
              .count();
      assertThat(found).as("seed %d", SEED).isEqualTo(classes);
    }
  }

  @Test
  void transposesLeadingDimensionsAndScalarsAreColumnMajor() {
    try (CublasSession library = new CublasSession()) {
      Session session = library.session;
      // op(A) = {{1, 2}, {3, 4}} from A^T with a leading dimension of 3; B = {{5}, {6}}; C = 2 A B
      // + 10 C.
      Session.Memory a = session.upload(1f, 2f, Float.NaN, 3f, 4f, Float.NaN);
      Session.Memory b = session.upload(5f, 6f);
      Session.Memory c = session.upload(100f, 200f);
      Session.Memory scalars = session.upload(2f, 10f);
      Session.check(session.synchronize());
      CublasSession.check(
          cublasSgemm(
              library.handle,
              T,
              N,
              2,
              1,
              2,
              Pointer.to(new float[] {2}),
              a,
              3,
              b,
              2,
              Pointer.to(new float[] {10}),
              c,
              2));
      Session.check(session.synchronize());
      assertThat(session.floats(c, 2)).containsExactly(1034f, 2078f);
      // The same with scalars on the device, read when the work runs.
      CublasSession.check(
          cublasSetPointerMode(library.handle, cublasPointerMode.CUBLAS_POINTER_MODE_DEVICE));
      CublasSession.check(
          cublasSgemm(
              library.handle, T, N, 2, 1, 2, scalars, a, 3, b, 2, scalars.withByteOffset(4), c, 2));
      Session.check(JCudaDriver.cuMemcpyHtoD(scalars, Pointer.to(new float[] {1, 0}), 8));
      Session.check(session.synchronize());
      assertThat(session.floats(c, 2)).containsExactly(17f, 39f);
      // Two products in one call.
      CublasSession.check(
          cublasSetPointerMode(library.handle, cublasPointerMode.CUBLAS_POINTER_MODE_HOST));
      CublasSession.check(
          cublasSgemmStridedBatched(
              library.handle,
              N,
              N,
              1,
              1,
              1,
              library.one,
              b,
              1,
              1,
              b,
              1,
              1,
              library.zero,
              c,
              1,
              1,
              2));
      Session.check(session.synchronize());
      assertThat(session.floats(c, 2)).containsExactly(25f, 36f);
    }
  }

  @Test
  void withAtomicsTheBitsMayChangeFromCallToCall() {
    float[] a = values(32 * 250);
    float[] b = values(250 * 32);
    try (CublasSession library = new CublasSession()) {
      assertThat(library.product(a, b, 32, 32, 250)).isEqualTo(library.product(a, b, 32, 32, 250));
      CublasSession.check(
          cublasSetAtomicsMode(library.handle, cublasAtomicsMode.CUBLAS_ATOMICS_ALLOWED));
      assertThat(library.product(a, b, 32, 32, 250))
          .isNotEqualTo(library.product(a, b, 32, 32, 250));
    }
  }

  private static float[] values(int count) {
    Random random = new Random(SEED + count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** No allocation has zero bytes. */
  private static float[] pad(float[] values) {
    return values.length == 0 ? new float[1] : values;
  }
}
