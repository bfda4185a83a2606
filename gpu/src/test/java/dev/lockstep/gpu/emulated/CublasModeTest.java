package dev.lockstep.gpu.emulated;

import static jcuda.jcublas.JCublas2.cublasGetVersion;
import static jcuda.jcublas.JCublas2.cublasSetMathMode;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSetWorkspace;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static jcuda.jcublas.JCublas2.cublasSnrm2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.emulated.EmulatedDevice.Property;
import jcuda.cudaDataType;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Modes, types, streams and workspaces are honoured, and what is not supported answers what cuBLAS
 * answers.
 */
@ExtendWith(FreshDevice.class)
final class CublasModeTest {

  private static final int N = cublasOperation.CUBLAS_OP_N;

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
    try (CublasSession library = new CublasSession()) {
      CublasSession.check(cublasSetMathMode(library.handle, mode));
      Session.Memory c = library.session.allocate(4);
      CublasSession.check(
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
    try (CublasSession library = new CublasSession()) {
      Session.Memory a = library.session.upload(0x3b80_4480); // {1024, 1/256}
      Session.Memory b = library.session.upload(0x3f80_3f80); // {1, 1}
      Session.Memory c = library.session.allocate(4);
      CublasSession.check(
          library.gemmEx(a, b, bf16, c, 1, 1, 2, cublasComputeType.CUBLAS_COMPUTE_32F));
      Session.check(library.session.synchronize());
      assertThat(library.session.floats(c, 1)).containsExactly(1024f + 0x1p-8f);
    }
  }

  @Test
  void unsupportedTypesAnswerWhatCublasAnswers(EmulatedDevice device) {
    int bf16 = cudaDataType.CUDA_R_16BF;
    try (CublasSession library = new CublasSession()) {
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
    try (CublasSession library = new CublasSession()) {
      Session.Memory x = library.session.upload(0f, 0f);
      assertThat(library.gemmEx(x, x, bf16, x, 1, 1, 1, cublasComputeType.CUBLAS_COMPUTE_32F))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_ARCH_MISMATCH);
    }
    cublasHandle destroyed = new cublasHandle();
    assertThat(cublasSetMathMode(destroyed, 0))
        .isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_INITIALIZED);
  }

  @Test
  void settingTheStreamTakesTheWorkspaceBack(EmulatedDevice device) {
    try (CublasSession library = new CublasSession()) {
      Session.Memory workspace = library.session.allocate(4096);
      Session.Memory x = library.session.upload(1f);
      CublasSession.check(cublasSetWorkspace(library.handle, workspace, 4096));
      CublasSession.check(library.sgemm(x, x, x, 1, 1, 1));
      assertThat(device.count(Counter.LIBRARY_CALLS_WITHOUT_WORKSPACE)).isZero();
      CublasSession.check(
          cublasSetStream(library.handle, new cudaStream_t(library.session.stream)));
      CublasSession.check(library.sgemm(x, x, x, 1, 1, 1));
      assertThat(device.count(Counter.LIBRARY_CALLS)).isEqualTo(2);
      assertThat(device.count(Counter.LIBRARY_CALLS_WITHOUT_WORKSPACE)).isEqualTo(1);
      Session.check(library.session.synchronize());
    }
  }

  @Test
  void aProductRunsInItsStreamLateAndIsCaptured() {
    try (CublasSession library = new CublasSession()) {
      Session session = library.session;
      Session.Memory x = session.upload(3f);
      Session.Memory y = session.allocate(4);
      CublasSession.check(library.sgemm(x, x, y, 1, 1, 1));
      assertThat(session.floats(y, 1)).containsExactly(Float.NaN);
      Session.check(session.synchronize());
      assertThat(session.floats(y, 1)).containsExactly(9f);

      Session.check(
          JCudaDriver.cuStreamBeginCapture(
              session.stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
      CublasSession.check(library.sgemm(y, x, y, 1, 1, 1));
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
    try (CublasSession library = new CublasSession()) {
      Session.Memory a = library.session.allocate(4L * (250 - missing));
      Session.Memory b = library.session.allocate(4L * 250);
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
    try (CublasSession library = new CublasSession()) {
      Session.Memory x = library.session.upload(1f);
      assertThat(cublasSnrm2(library.handle, 1, x, 1, library.one))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED);
      assertThat(device.firstFault()).contains("cublasSnrm2_v2 is not emulated");
      device.forgetFaults();
      int[] version = new int[1];
      CublasSession.check(cublasGetVersion(library.handle, version));
      assertThat(version[0]).isEqualTo(120604);
    }
  }
}
