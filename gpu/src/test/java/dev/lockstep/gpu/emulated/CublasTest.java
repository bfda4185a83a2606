package dev.lockstep.gpu.emulated;

import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasGemmEx_new;
import static jcuda.jcublas.JCublas2.cublasGetVersion;
import static jcuda.jcublas.JCublas2.cublasSetAtomicsMode;
import static jcuda.jcublas.JCublas2.cublasSetMathMode;
import static jcuda.jcublas.JCublas2.cublasSetPointerMode;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSetWorkspace;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static jcuda.jcublas.JCublas2.cublasSgemmStridedBatched;
import static jcuda.jcublas.JCublas2.cublasSnrm2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.emulated.EmulatedDevice.Counter;
import dev.lockstep.gpu.emulated.EmulatedDevice.Property;
import java.util.Random;
import java.util.stream.IntStream;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.cublasAtomicsMode;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasPointerMode;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The library's products are right within rounding, and as far from canonical order as a real
 * library's.
 */
@ExtendWith(FreshDevice.class)
final class CublasTest {

  private static final long SEED = 20261125;
  private static final int N = cublasOperation.CUBLAS_OP_N;
  private static final int T = cublasOperation.CUBLAS_OP_T;

  /**
   * A session with a handle on its stream. Matrices are row-major: C[m][n] = A[m][k] B[k][n], as
   * C^T = B^T A^T.
   */
  private static final class Library implements AutoCloseable {
    final Session session = new Session();
    final cublasHandle handle = new cublasHandle();
    final Pointer one = Pointer.to(new float[] {1});
    final Pointer zero = Pointer.to(new float[] {0});

    Library() {
      check(cublasCreate(handle));
      check(cublasSetStream(handle, new cudaStream_t(session.stream)));
    }

    static void check(int status) {
      assertThat(cublasStatus.stringFor(status)).isEqualTo("CUBLAS_STATUS_SUCCESS");
    }

    int sgemm(Session.Memory a, Session.Memory b, Session.Memory c, int m, int n, int k) {
      return cublasSgemm(handle, N, N, n, m, k, one, b, n, a, Math.max(1, k), zero, c, n);
    }

    int gemmEx(
        Session.Memory a,
        Session.Memory b,
        int type,
        Session.Memory c,
        int m,
        int n,
        int k,
        int compute) {
      return cublasGemmEx_new(
          handle,
          N,
          N,
          n,
          m,
          k,
          one,
          b,
          type,
          n,
          a,
          type,
          k,
          zero,
          c,
          cudaDataType.CUDA_R_32F,
          n,
          compute,
          cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
    }

    float[] product(float[] a, float[] b, int m, int n, int k) {
      Session.Memory c = session.allocate(4L * m * n);
      check(sgemm(session.upload(a), session.upload(b), c, m, n, k));
      Session.check(session.synchronize());
      return session.floats(c, m * n);
    }

    @Override
    public void close() {
      check(cublasDestroy(handle));
      session.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "7,33,129", "33,7,250", "32,32,32", "64,1021,250", "250,129,0"})
  void aProductIsWithinRoundingOfTheExactOne(int m, int n, int k) {
    float[] a = values(m * k);
    float[] b = values(k * n);
    try (Library library = new Library()) {
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
    try (Library library = new Library()) {
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
    try (Library library = new Library()) {
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
  void theMathModeRoundsOperandsAndPedanticDoesNot(EmulatedDevice device) {
    assertThat(canary(cublasMath.CUBLAS_DEFAULT_MATH, cublasComputeType.CUBLAS_COMPUTE_32F))
        .isEqualTo(1024.75f);
    assertThat(canary(cublasMath.CUBLAS_PEDANTIC_MATH, cublasComputeType.CUBLAS_COMPUTE_32F))
        .isEqualTo(1024.75f);
    assertThat(canary(cublasMath.CUBLAS_TF32_TENSOR_OP_MATH, cublasComputeType.CUBLAS_COMPUTE_32F))
        .isEqualTo(1025f);
    assertThat(
            canary(
                cublasMath.CUBLAS_TF32_TENSOR_OP_MATH,
                cublasComputeType.CUBLAS_COMPUTE_32F_PEDANTIC))
        .isEqualTo(1024.75f);
    assertThat(
            canary(cublasMath.CUBLAS_DEFAULT_MATH, cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32))
        .isEqualTo(1025f);
    assertThat(
            canary(cublasMath.CUBLAS_DEFAULT_MATH, cublasComputeType.CUBLAS_COMPUTE_32F_FAST_16BF))
        .isEqualTo(1024f);
    // A device without tensor cores for it computes in fp32.
    device.reset();
    device.present(Property.EMULATED_CUDA_CAPABILITY, "7.5");
    assertThat(canary(cublasMath.CUBLAS_TF32_TENSOR_OP_MATH, cublasComputeType.CUBLAS_COMPUTE_32F))
        .isEqualTo(1024.75f);
  }

  private static float canary(int mode, int compute) {
    try (Library library = new Library()) {
      Library.check(cublasSetMathMode(library.handle, mode));
      Session.Memory c = library.session.allocate(4);
      Library.check(
          library.gemmEx(
              library.session.upload(1024.75f),
              library.session.upload(1f),
              cudaDataType.CUDA_R_32F,
              c,
              1,
              1,
              1,
              compute));
      Session.check(library.session.synchronize());
      float viaGemmEx = library.session.floats(c, 1)[0];
      if (compute == cublasComputeType.CUBLAS_COMPUTE_32F) {
        assertThat(library.product(new float[] {1024.75f}, new float[] {1f}, 1, 1, 1))
            .containsExactly(viaGemmEx);
      }
      return viaGemmEx;
    }
  }

  @Test
  void bf16OperandsAreSummedInFp32() {
    // Stored as the upper halves of 1024 and 0.00390625; the sum 1024.00390625 needs more bits than
    // bf16 has.
    int bf16 = cudaDataType.CUDA_R_16BF;
    try (Library library = new Library()) {
      Session.Memory a = library.session.upload(0x3b80_4480); // {1024, 1/256}
      Session.Memory b = library.session.upload(0x3f80_3f80); // {1, 1}
      Session.Memory c = library.session.allocate(4);
      Library.check(library.gemmEx(a, b, bf16, c, 1, 1, 2, cublasComputeType.CUBLAS_COMPUTE_32F));
      Session.check(library.session.synchronize());
      assertThat(library.session.floats(c, 1)).containsExactly(1024.00390625f);
    }
  }

  @Test
  void unsupportedTypesAnswerWhatCublasAnswers(EmulatedDevice device) {
    int bf16 = cudaDataType.CUDA_R_16BF;
    try (Library library = new Library()) {
      Session.Memory x = library.session.upload(0f, 0f);
      assertThat(
              library.gemmEx(
                  x, x, cudaDataType.CUDA_R_64F, x, 1, 1, 1, cublasComputeType.CUBLAS_COMPUTE_32F))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED);
      assertThat(
              library.gemmEx(
                  x, x, bf16, x, 1, 1, 1, cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED);
      assertThat(
              cublasSgemm(
                  library.handle, N, N, 7, 3, 2, library.one, x, 6, x, 2, library.zero, x, 7))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
      assertThat(
              cublasSgemm(
                  library.handle, N, N, -1, 3, 2, library.one, x, 6, x, 2, library.zero, x, 7))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
      assertThat(cublasSetMathMode(library.handle, 7))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
    }
    device.reset();
    device.present(Property.EMULATED_CUDA_CAPABILITY, "7.5");
    try (Library library = new Library()) {
      Session.Memory x = library.session.upload(0f, 0f);
      assertThat(library.gemmEx(x, x, bf16, x, 1, 1, 1, cublasComputeType.CUBLAS_COMPUTE_32F))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_ARCH_MISMATCH);
    }
    cublasHandle destroyed = new cublasHandle();
    assertThat(cublasSetMathMode(destroyed, 0))
        .isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_INITIALIZED);
  }

  @Test
  void transposesLeadingDimensionsAndScalarsAreColumnMajor() {
    try (Library library = new Library()) {
      Session session = library.session;
      // op(A) = {{1, 2}, {3, 4}} from A^T with a leading dimension of 3; B = {{5}, {6}}; C = 2 A B
      // + 10 C.
      Session.Memory a = session.upload(1f, 2f, Float.NaN, 3f, 4f, Float.NaN);
      Session.Memory b = session.upload(5f, 6f);
      Session.Memory c = session.upload(100f, 200f);
      Session.Memory scalars = session.upload(2f, 10f);
      Session.check(session.synchronize());
      Library.check(
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
      Library.check(
          cublasSetPointerMode(library.handle, cublasPointerMode.CUBLAS_POINTER_MODE_DEVICE));
      Library.check(
          cublasSgemm(
              library.handle, T, N, 2, 1, 2, scalars, a, 3, b, 2, scalars.withByteOffset(4), c, 2));
      Session.check(JCudaDriver.cuMemcpyHtoD(scalars, Pointer.to(new float[] {1, 0}), 8));
      Session.check(session.synchronize());
      assertThat(session.floats(c, 2)).containsExactly(17f, 39f);
      // Two products in one call.
      Library.check(
          cublasSetPointerMode(library.handle, cublasPointerMode.CUBLAS_POINTER_MODE_HOST));
      Library.check(
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
  void settingTheStreamTakesTheWorkspaceBack(EmulatedDevice device) {
    try (Library library = new Library()) {
      Session.Memory workspace = library.session.allocate(4096);
      Session.Memory x = library.session.upload(1f);
      Library.check(cublasSetWorkspace(library.handle, workspace, 4096));
      Library.check(library.sgemm(x, x, x, 1, 1, 1));
      assertThat(device.count(Counter.LIBRARY_CALLS_WITHOUT_WORKSPACE)).isZero();
      Library.check(cublasSetStream(library.handle, new cudaStream_t(library.session.stream)));
      Library.check(library.sgemm(x, x, x, 1, 1, 1));
      assertThat(device.count(Counter.LIBRARY_CALLS)).isEqualTo(2);
      assertThat(device.count(Counter.LIBRARY_CALLS_WITHOUT_WORKSPACE)).isEqualTo(1);
      Session.check(library.session.synchronize());
    }
  }

  @Test
  void withAtomicsTheBitsMayChangeFromCallToCall() {
    float[] a = values(32 * 250);
    float[] b = values(250 * 32);
    try (Library library = new Library()) {
      assertThat(library.product(a, b, 32, 32, 250)).isEqualTo(library.product(a, b, 32, 32, 250));
      Library.check(cublasSetAtomicsMode(library.handle, cublasAtomicsMode.CUBLAS_ATOMICS_ALLOWED));
      assertThat(library.product(a, b, 32, 32, 250))
          .isNotEqualTo(library.product(a, b, 32, 32, 250));
    }
  }

  @Test
  void aProductRunsInItsStreamLateAndIsCaptured() {
    try (Library library = new Library()) {
      Session session = library.session;
      Session.Memory x = session.upload(3f);
      Session.Memory y = session.allocate(4);
      Library.check(library.sgemm(x, x, y, 1, 1, 1));
      assertThat(session.floats(y, 1)).containsExactly(Float.NaN);
      Session.check(session.synchronize());
      assertThat(session.floats(y, 1)).containsExactly(9f);

      Session.check(
          JCudaDriver.cuStreamBeginCapture(
              session.stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
      Library.check(library.sgemm(y, x, y, 1, 1, 1));
      CUgraph graph = new CUgraph();
      Session.check(JCudaDriver.cuStreamEndCapture(session.stream, graph));
      CUgraphExec executable = new CUgraphExec();
      Session.check(JCudaDriver.cuGraphInstantiate(executable, graph, 0));
      Session.check(JCudaDriver.cuGraphLaunch(executable, session.stream));
      Session.check(JCudaDriver.cuGraphLaunch(executable, session.stream));
      Session.check(session.synchronize());
      assertThat(session.floats(y, 1)).containsExactly(81f);
      Session.check(JCudaDriver.cuGraphExecDestroy(executable));
      Session.check(JCudaDriver.cuGraphDestroy(graph));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 33})
  void anOperandThatIsTooShortIsReported(int missing, EmulatedDevice device) {
    try (Library library = new Library()) {
      Session.Memory a = library.session.allocate(4 * (250 - missing));
      Session.Memory b = library.session.allocate(4 * 250);
      Session.Memory c = library.session.allocate(4);
      assertThat(library.sgemm(a, b, c, 1, 1, 250))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED);
      assertThat(device.firstFault())
          .contains("cublasSgemm: B has not 1000 bytes of device memory behind it");
      device.forgetFaults();
    }
  }

  @Test
  void whatIsNotEmulatedIsReported(EmulatedDevice device) {
    try (Library library = new Library()) {
      Session.Memory x = library.session.upload(1f);
      assertThat(cublasSnrm2(library.handle, 1, x, 1, library.one))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED);
      assertThat(device.firstFault()).contains("cublasSnrm2_v2 is not emulated");
      device.forgetFaults();
      int[] version = new int[1];
      Library.check(cublasGetVersion(library.handle, version));
      assertThat(version[0]).isEqualTo(120604);
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
