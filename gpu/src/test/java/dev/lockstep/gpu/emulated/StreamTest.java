package dev.lockstep.gpu.emulated;

import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_HANDLE;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_READY;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Work runs as late as the API allows: whoever does not wait reads old data, on every run. */
@ExtendWith(FreshDevice.class)
final class StreamTest {

  private static final int POISON = -1;

  @Test
  void nothingRunsBeforeTheHostWaits() {
    try (Session session = new Session()) {
      Session.Memory target = session.allocate(4);
      Session.check(cuMemsetD32Async(target, 5, 1, session.stream));
      // A blocking copy waits for the legacy stream, not for a non-blocking one.
      assertThat(session.ints(target, 1)).containsExactly(POISON);
      Session.check(session.synchronize());
      assertThat(session.ints(target, 1)).containsExactly(5);
    }
  }

  @Test
  void anAsynchronousCopyReadsPinnedMemoryWhenItRuns() {
    try (Session session = new Session()) {
      Session.Memory target = session.allocate(4);
      Pointer host = session.pinned(4);
      Session.view(host, 4).putInt(0, 1);
      Session.check(cuMemcpyHtoDAsync(target, host, 4, session.stream));
      Session.view(host, 4).putInt(0, 2);
      Session.check(session.synchronize());
      assertThat(session.ints(target, 1)).containsExactly(2);
    }
  }

  @Test
  void anAsynchronousCopyToTheHostArrivesLate() {
    try (Session session = new Session()) {
      Session.Memory source = session.upload(3);
      Pointer host = session.pinned(4);
      ByteBuffer view = Session.view(host, 4);
      Session.check(cuMemcpyDtoHAsync(host, source, 4, session.stream));
      assertThat(view.getInt(0)).isEqualTo(POISON);
      Session.check(session.synchronize());
      assertThat(view.getInt(0)).isEqualTo(3);
    }
  }

  @Test
  void theFirstQueryIsAnsweredNotReady() {
    try (Session session = new Session()) {
      Session.Memory target = session.allocate(4);
      assertThat(cuStreamQuery(session.stream)).isEqualTo(CUDA_SUCCESS);
      Session.check(cuMemsetD32Async(target, 5, 1, session.stream));
      CUevent event = new CUevent();
      Session.check(cuEventCreate(event, 0));
      Session.check(cuEventRecord(event, session.stream));
      assertThat(cuEventQuery(event)).isEqualTo(CUDA_ERROR_NOT_READY);
      assertThat(cuStreamQuery(session.stream)).isEqualTo(CUDA_ERROR_NOT_READY);
      assertThat(session.ints(target, 1)).containsExactly(POISON);
      assertThat(cuEventQuery(event)).isEqualTo(CUDA_SUCCESS);
      assertThat(session.ints(target, 1)).containsExactly(5);
      Session.check(cuEventDestroy(event));
    }
  }

  @Test
  void anEventHoldsBackTheStreamThatWaitsForItAndRunsNoMoreThanItMust() {
    try (Session session = new Session()) {
      CUstream second = new CUstream();
      Session.check(cuStreamCreate(second, CUstream_flags.CU_STREAM_NON_BLOCKING));
      CUevent event = new CUevent();
      Session.check(cuEventCreate(event, 2)); // CU_EVENT_DISABLE_TIMING
      Session.Memory a = session.allocate(4);
      Session.Memory b = session.allocate(4);
      Session.check(cuMemsetD32Async(a, 1, 1, session.stream));
      Session.check(cuEventRecord(event, session.stream));
      Session.check(cuMemsetD32Async(a, 2, 1, session.stream));
      Session.check(cuStreamWaitEvent(second, event, 0));
      Session.check(cuMemcpyDtoDAsync(b, a, 4, second));
      Session.check(cuStreamSynchronize(second));
      assertThat(session.ints(a, 1)).containsExactly(1);
      assertThat(session.ints(b, 1)).containsExactly(1);
      Session.check(cuEventDestroy(event));
      Session.check(cuStreamDestroy(second));
    }
  }

  @Test
  void theOrderOfIndependentStreamsFollowsTheSeed(EmulatedDevice device) {
    boolean[] seen = new boolean[3];
    for (int seed = 0; seed < 20; seed++) {
      device.reset();
      device.present(EmulatedDevice.Property.EMULATED_CUDA_SEED, Integer.toString(seed));
      try (Session session = new Session()) {
        CUstream second = new CUstream();
        Session.check(cuStreamCreate(second, CUstream_flags.CU_STREAM_NON_BLOCKING));
        Session.Memory target = session.allocate(4);
        Session.check(cuMemsetD32Async(target, 1, 1, session.stream));
        Session.check(cuMemsetD32Async(target, 2, 1, second));
        Session.check(jcuda.driver.JCudaDriver.cuCtxSynchronize());
        seen[session.ints(target, 1)[0]] = true;
        Session.check(cuStreamDestroy(second));
      }
    }
    assertThat(seen).containsExactly(false, true, true);
  }

  @Test
  void theLegacyStreamWaitsForBlockingStreamsAndTheyForIt() {
    try (Session session = new Session()) {
      CUstream blocking = new CUstream();
      Session.check(cuStreamCreate(blocking, CUstream_flags.CU_STREAM_DEFAULT));
      Session.Memory a = session.allocate(4);
      Session.check(cuMemsetD32Async(a, 1, 1, blocking));
      assertThat(session.ints(a, 1)).containsExactly(1);
      Session.check(cuMemsetD32(a, 2, 1));
      Session.Memory b = session.allocate(4);
      Session.check(cuMemcpyDtoDAsync(b, a, 4, blocking));
      Session.check(cuStreamSynchronize(blocking));
      assertThat(session.ints(b, 1)).containsExactly(2);
      Session.check(cuStreamDestroy(blocking));
    }
  }

  @Test
  void anAsynchronousCopyFromPageableMemoryIsRefused(EmulatedDevice device) {
    try (Session session = new Session()) {
      Session.Memory target = session.allocate(4);
      ByteBuffer pageable = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
      assertThat(cuMemcpyHtoDAsync(target, Pointer.to(pageable), 4, session.stream))
          .isEqualTo(CUDA_ERROR_INVALID_VALUE);
      assertThat(device.firstFault()).contains("cuMemcpyHtoDAsync: the host memory is not pinned");
      device.forgetFaults();
      assertThat(cuMemcpyDtoHAsync(Pointer.to(pageable), target, 4, session.stream))
          .isEqualTo(CUDA_ERROR_INVALID_VALUE);
      assertThat(device.firstFault()).contains("cuMemcpyDtoHAsync: the host memory is not pinned");
      device.forgetFaults();
    }
  }

  @Test
  void timeBetweenEventsIsThatOfTheWorkAndNeedsBothDone() {
    try (Session session = new Session()) {
      CUevent start = new CUevent();
      CUevent end = new CUevent();
      Session.check(cuEventCreate(start, 0));
      Session.check(cuEventCreate(end, 0));
      float[] milliseconds = {-1};
      assertThat(cuEventElapsedTime(milliseconds, start, end)).isEqualTo(CUDA_ERROR_INVALID_HANDLE);
      Session.check(cuEventRecord(start, session.stream));
      Session.check(cuEventRecord(end, session.stream));
      assertThat(cuEventElapsedTime(milliseconds, start, end)).isEqualTo(CUDA_ERROR_NOT_READY);
      Session.check(cuEventSynchronize(end));
      Session.check(cuEventElapsedTime(milliseconds, start, end));
      assertThat(milliseconds[0]).isNotNegative();
      Session.check(cuEventDestroy(start));
      Session.check(cuEventDestroy(end));
    }
  }

  @Test
  void countersTellWhatAStepDid(EmulatedDevice device) {
    try (Session session = new Session()) {
      Session.Memory x = session.upload(1f, 2f, 3f);
      long synchronizations = device.count(Counter.SYNCHRONIZATIONS);
      long allocations = device.count(Counter.ALLOCATIONS);
      long copies = device.count(Counter.COPIES_TO_DEVICE);
      Session.check(session.launch("axpy", 1, 32, 0, x, x, x, 1f, 3));
      assertThat(device.count(Counter.KERNEL_LAUNCHES)).isEqualTo(1);
      assertThat(device.count(Counter.KERNELS_RUN)).isZero();
      assertThat(device.count(Counter.SYNCHRONIZATIONS)).isEqualTo(synchronizations);
      assertThat(device.count(Counter.ALLOCATIONS)).isEqualTo(allocations);
      assertThat(device.count(Counter.COPIES_TO_DEVICE)).isEqualTo(copies);
      Session.check(session.synchronize());
      assertThat(device.count(Counter.KERNELS_RUN)).isEqualTo(1);
      assertThat(device.count(Counter.SYNCHRONIZATIONS)).isEqualTo(synchronizations + 1);
    }
  }
}
