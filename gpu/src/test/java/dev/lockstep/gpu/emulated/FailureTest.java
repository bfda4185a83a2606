package dev.lockstep.gpu.emulated;

import static org.assertj.core.api.Assertions.assertThat;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures come when they are ordered. */
@ExtendWith(FreshDevice.class)
final class FailureTest {

  @Test
  void theNthAllocationFails(EmulatedDevice device) {
    try (Session session = new Session()) {
      device.failAllocation(2);
      session.allocate(4);
      assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4))
          .isEqualTo(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
      session.allocate(4);
      device.failAllocation(1);
      assertThat(JCudaDriver.cuMemHostAlloc(new Pointer(), 4, 0))
          .isEqualTo(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
    }
  }

  @Test
  void theNthLaunchFails(EmulatedDevice device) {
    try (Session session = new Session()) {
      Session.Memory x = session.upload(1f);
      device.failLaunch(2);
      Session.check(session.run("axpy", 1, 1, 0, x, x, x, 1f, 1));
      assertThat(session.launch("axpy", 1, 1, 0, x, x, x, 1f, 1))
          .isEqualTo(CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
      Session.check(session.run("axpy", 1, 1, 0, x, x, x, 1f, 1));
      assertThat(session.floats(x, 1)).containsExactly(4f);
    }
  }

  @Test
  void aLaunchOfCublasFailsToo(EmulatedDevice device) {
    try (Session session = new Session()) {
      cublasHandle handle = new cublasHandle();
      assertThat(JCublas2.cublasCreate(handle)).isZero();
      assertThat(JCublas2.cublasSetStream(handle, new cudaStream_t(session.stream))).isZero();
      Session.Memory x = session.upload(1f);
      Pointer one = Pointer.to(new float[] {1});
      device.failLaunch(1);
      assertThat(JCublas2.cublasSgemm(handle, 0, 0, 1, 1, 1, one, x, 1, x, 1, one, x, 1))
          .isEqualTo(cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED);
      assertThat(JCublas2.cublasDestroy(handle)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {CUresult.CUDA_ERROR_ILLEGAL_ADDRESS, CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE})
  void aLostDeviceStaysLostForItsContext(int status, EmulatedDevice device) {
    Session session = new Session();
    Session.Memory x = session.allocate(4);
    cublasHandle handle = new cublasHandle();
    assertThat(JCublas2.cublasCreate(handle)).isZero();
    device.loseDevice(2, status);
    Session.check(session.synchronize());
    assertThat(session.synchronize()).isEqualTo(status);
    assertThat(session.synchronize()).isEqualTo(status);
    assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 4)).isEqualTo(status);
    assertThat(JCudaDriver.cuMemFree(x)).isEqualTo(status);
    assertThat(JCublas2.cublasSetMathMode(handle, 0))
        .isEqualTo(cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED);
    assertThat(JCublas2.cublasCreate(new cublasHandle()))
        .isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_INITIALIZED);
    assertThat(JCublas2.cublasDestroy(handle))
        .isEqualTo(cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED);
    session.abandon();
    assertThat(device.report()).isEmpty();
  }

  @Test
  void aNewContextHelpsUnlessTheDeviceIsUnavailable(EmulatedDevice device) {
    Session session = new Session();
    device.loseDevice(1, CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
    assertThat(session.synchronize()).isEqualTo(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
    session.abandon();
    try (Session next = new Session()) {
      Session.check(next.synchronize());
    }
    Session last = new Session();
    device.loseDevice(1, CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE);
    assertThat(last.synchronize()).isEqualTo(CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE);
    last.abandon();
    assertThat(JCudaDriver.cuDevicePrimaryCtxRetain(new jcuda.driver.CUcontext(), last.device))
        .isEqualTo(CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE);
  }
}
