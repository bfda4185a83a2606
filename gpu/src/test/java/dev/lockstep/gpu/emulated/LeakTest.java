package dev.lockstep.gpu.emulated;

import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Everything that is not released is named, while it lives and when its context goes. */
@ExtendWith(FreshDevice.class)
final class LeakTest {

  @Test
  void everyKindOfHandleIsNamed(EmulatedDevice device) {
    Session session = new Session();
    Session.check(cuMemAlloc(new CUdeviceptr(), 100));
    Session.check(cuMemHostAlloc(new Pointer(), 33, 0));
    Session.check(cuEventCreate(new CUevent(), 0));
    CUgraph graph = new CUgraph();
    Session.check(
        cuStreamBeginCapture(
            session.stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    Session.check(cuStreamEndCapture(session.stream, graph));
    Session.check(cuGraphInstantiate(new CUgraphExec(), graph, 0));
    assertThat(JCublas2.cublasCreate(new cublasHandle())).isZero();

    assertThat(device.firstFault()).isEmpty();
    List<String> alive = device.report();
    assertThat(alive).hasSize(9);
    assertThat(alive.get(0))
        .matches("allocation \\d+ \\(100 bytes of device memory\\) not released");
    assertThat(alive.get(1))
        .matches("allocation \\d+ \\(33 bytes of pinned memory\\) not released");
    assertThat(alive.subList(2, 9))
        .containsExactly(
            "1 stream not released",
            "1 event not released",
            "1 module not released",
            "1 graph not released",
            "1 executable graph not released",
            "1 contexts not released",
            "1 cublas handles not destroyed");
    assertThat(device.count(Counter.LIVE_STREAMS)).isEqualTo(1);
    assertThat(device.count(Counter.LIVE_CUBLAS_HANDLES)).isEqualTo(1);

    Session.check(cuDevicePrimaryCtxRelease(session.device));
    assertThat(device.report())
        .contains(
            "context destroyed with 1 stream not released",
            "last context destroyed with 1 cublas handles not destroyed");
    assertThat(device.report())
        .filteredOn(line -> line.startsWith("context destroyed with"))
        .hasSize(7);
    device.reset();
    assertThat(device.report()).isEmpty();
  }

  @Test
  void aSessionThatIsClosedLeavesNothing(EmulatedDevice device) {
    try (Session session = new Session()) {
      session.upload(1f);
      session.pinned(33);
    }
    for (Counter counter : Counter.values()) {
      if (counter.name().startsWith("LIVE_")) {
        assertThat(device.count(counter)).as(counter.name()).isZero();
      }
    }
  }
}
