package dev.lockstep.gpu.emulated;

import static jcuda.driver.CUresult.CUDA_ERROR_ILLEGAL_ADDRESS;
import static jcuda.driver.CUresult.CUDA_ERROR_INVALID_VALUE;
import static jcuda.driver.CUresult.CUDA_ERROR_OUT_OF_MEMORY;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.emulated.EmulatedDevice.Property;
import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Memory is poisoned and fenced; a write outside, wherever it goes, is reported with the allocation
 * it missed.
 */
@ExtendWith(FreshDevice.class)
final class MemoryTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 33, 129, 250, 1021, 1024})
  void memoryThatNobodyWroteIsNaN(int floats) {
    try (Session session = new Session()) {
      for (float value : session.floats(session.allocate(4L * floats), floats)) {
        assertThat(value).isNaN();
      }
    }
  }

  /** Poison is laid under these, not written; the second is there after the first was written. */
  @ParameterizedTest
  @ValueSource(ints = {(2 << 20) - 1, 2 << 20, (2 << 20) + 1021, 8 << 20, (16 << 20) + 7})
  void soIsALargeAllocation(int floats) {
    try (Session session = new Session()) {
      Session.Memory first = session.allocate(4L * floats);
      assertThat(session.run("store_at", 1, 1, 0, first, (long) floats - 1, 1f))
          .isEqualTo(CUDA_SUCCESS);
      float[] read = session.floats(session.allocate(4L * floats), floats);
      int written = 0;
      while (written < floats && Float.isNaN(read[written])) {
        written++;
      }
      assertThat(written).isEqualTo(floats);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {250, 251, 255})
  void aWriteBehindTheEndIsSeenAtTheNextWait(long index, EmulatedDevice device) {
    try (Session session = new Session()) {
      Session.Memory target = session.allocate(4 * 250);
      assertThat(session.run("store_at", 1, 1, 0, target, index, 1f)).isEqualTo(CUDA_SUCCESS);
      assertThat(device.firstFault().orElseThrow())
          .startsWith("written outside: ")
          .contains(4 * (index - 250) + " bytes behind allocation")
          .contains("(1000 bytes of device memory)");
      device.forgetFaults();
    }
  }

  @Test
  void aWriteBeforeTheStartIsSeen(EmulatedDevice device) {
    try (Session session = new Session()) {
      Session.Memory target = session.allocate(4 * 250);
      Session.check(
          session.run("store_at", 1, 1, 0, target, -1L, Float.intBitsToFloat(0x01010101)));
      assertThat(device.firstFault().orElseThrow()).contains("4 bytes before allocation");
      device.forgetFaults();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {256, 1024, 1L << 30, -5000})
  void anAccessBeyondTheFenceIsAnIllegalAddressAndStaysOne(long index, EmulatedDevice device) {
    Session session = new Session();
    Session.Memory target = session.allocate(4 * 250);
    assertThat(session.run("axpy", 1, 1, 0, target, target, target, 1f, 1)).isEqualTo(CUDA_SUCCESS);
    Session.check(session.launch("store_at", 2, 32, 0, target, index, 1f));
    assertThat(session.synchronize()).isEqualTo(CUDA_ERROR_ILLEGAL_ADDRESS);
    assertThat(device.firstFault().orElseThrow())
        .startsWith(
            "kernel store_at, block (0,0,0), thread (0,0,0): touched memory that it must not");
    assertThat(cuMemAlloc(new CUdeviceptr(), 4)).isEqualTo(CUDA_ERROR_ILLEGAL_ADDRESS);
    assertThat(cuMemFree(target)).isEqualTo(CUDA_ERROR_ILLEGAL_ADDRESS);
    device.forgetFaults();
    session.abandon();
    // The machine works on, in a new context.
    try (Session next = new Session()) {
      Session.Memory x = next.upload(1f, 2f);
      Session.check(next.run("axpy", 1, 32, 0, x, x, x, 1f, 2));
      assertThat(next.floats(x, 2)).containsExactly(2f, 4f);
    }
  }

  @Test
  void aKernelThatReadsReleasedMemoryIsReported(EmulatedDevice device) {
    Session session = new Session();
    Session.Memory released = session.upload(1f);
    session.free(released);
    Session.Memory out = session.allocate(4);
    Session.check(session.launch("axpy", 1, 32, 0, out, released, out, 1f, 1));
    assertThat(session.synchronize()).isEqualTo(CUDA_ERROR_ILLEGAL_ADDRESS);
    assertThat(device.firstFault().orElseThrow())
        .contains("kernel axpy: parameter 1 is no address of this device's memory")
        .contains("byte 0 of freed allocation");
    device.forgetFaults();
    session.abandon();
  }

  @Test
  void hostMemoryIsNoKernelArgument(EmulatedDevice device) {
    Session session = new Session();
    Session.Memory out = session.allocate(4);
    long host = MemorySegment.ofBuffer(Session.view(session.pinned(4), 4)).address();
    Session.check(session.launch("axpy", 1, 32, 0, out, host, out, 1f, 1));
    assertThat(session.synchronize()).isEqualTo(CUDA_ERROR_ILLEGAL_ADDRESS);
    assertThat(device.firstFault().orElseThrow())
        .contains("parameter 1 is no address of this device's memory");
    device.forgetFaults();
    session.abandon();
  }

  @Test
  void aCopyBeyondTheEndIsRefusedAndReported(EmulatedDevice device) {
    try (Session session = new Session()) {
      Session.Memory target = session.allocate(8);
      assertThat(cuMemcpyHtoD(target, Pointer.to(new int[3]), 12))
          .isEqualTo(CUDA_ERROR_INVALID_VALUE);
      assertThat(device.firstFault().orElseThrow())
          .startsWith("cuMemcpyHtoD: 12 bytes from byte 0 of allocation");
      device.forgetFaults();
    }
  }

  @Test
  void aDoubleFreeIsReported(EmulatedDevice device) {
    try (Session session = new Session()) {
      Session.Memory target = session.allocate(8);
      session.free(target);
      assertThat(cuMemFree(target)).isEqualTo(CUDA_ERROR_INVALID_VALUE);
      assertThat(device.firstFault().orElseThrow())
          .startsWith("free of ")
          .contains("byte 0 of freed allocation");
      device.forgetFaults();
    }
  }

  @Test
  void memoryRunsOutWhereTheMachineSays(EmulatedDevice device) {
    device.present(Property.EMULATED_CUDA_MEMORY, "1");
    try (Session session = new Session()) {
      Session.Memory half = session.allocate(512 << 10);
      assertThat(cuMemAlloc(new CUdeviceptr(), (512 << 10) + 1))
          .isEqualTo(CUDA_ERROR_OUT_OF_MEMORY);
      long[] free = new long[1];
      long[] total = new long[1];
      Session.check(cuMemGetInfo(free, total));
      assertThat(free[0]).isEqualTo(512 << 10);
      assertThat(total[0]).isEqualTo(1 << 20);
      assertThat(device.count(Counter.LIVE_DEVICE_BYTES)).isEqualTo(512 << 10);
      session.free(half);
      assertThat(device.count(Counter.LIVE_DEVICE_BYTES)).isZero();
      session.allocate(1 << 20);
    }
  }

  @Test
  void addressesAreAlignedAndNeverUsedTwice() {
    try (Session session = new Session()) {
      Session.Memory first = session.allocate(33);
      session.free(first);
      Session.Memory second = session.allocate(33);
      assertThat(first.address() % 256).isZero();
      assertThat(second.address()).isNotEqualTo(first.address());
    }
  }
}
