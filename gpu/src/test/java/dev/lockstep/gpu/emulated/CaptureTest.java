package dev.lockstep.gpu.emulated;

import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
import static jcuda.driver.CUresult.CUDA_SUCCESS;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphGetNodes;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuGraphUpload;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD32;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;
import static jcuda.driver.JCudaDriver.cuStreamIsCapturing;
import static jcuda.driver.JCudaDriver.cuStreamQuery;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A captured step runs when its graph is launched, as often as it is; what a capture forbids spoils
 * it.
 */
@ExtendWith(FreshDevice.class)
final class CaptureTest {

  private static final int THREAD_LOCAL = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;

  @Test
  void aGraphRunsItsNodesEachTimeItIsLaunched(EmulatedDevice device) {
    try (Session session = new Session()) {
      Session.Memory x = session.allocate(4 * 7);
      Session.Memory sum = session.upload(new float[7]);
      Session.Memory copy = session.allocate(4 * 7);
      Session.Memory filled = session.allocate(4);
      Pointer in = session.pinned(4 * 7);
      Pointer out = session.pinned(4 * 7);
      Session.check(cuStreamBeginCapture(session.stream, THREAD_LOCAL));
      Session.check(cuMemcpyHtoDAsync(x, in, 4 * 7, session.stream));
      Session.check(session.launch("axpy", 1, 32, 0, sum, x, sum, 2f, 7));
      Session.check(cuMemcpyDtoDAsync(copy, sum, 4 * 7, session.stream));
      Session.check(cuMemcpyDtoHAsync(out, copy, 4 * 7, session.stream));
      Session.check(cuMemsetD32Async(filled, 9, 1, session.stream));
      assertThat(capturing(session.stream)).isEqualTo(1);
      CUgraph graph = new CUgraph();
      Session.check(cuStreamEndCapture(session.stream, graph));
      assertThat(capturing(session.stream)).isZero();
      long[] nodes = new long[1];
      Session.check(cuGraphGetNodes(graph, null, nodes));
      assertThat(nodes[0]).isEqualTo(5);
      assertThat(session.synchronize()).isEqualTo(CUDA_SUCCESS);
      assertThat(device.count(Counter.KERNELS_RUN)).isZero();

      CUgraphExec executable = new CUgraphExec();
      Session.check(cuGraphInstantiate(executable, graph, 0));
      Session.check(cuGraphDestroy(graph));
      Session.check(cuGraphUpload(executable, session.stream));
      ByteBuffer values = Session.view(in, 4 * 7);
      for (int launch = 1; launch <= 3; launch++) {
        values.putFloat(4 * 6, launch);
        Session.check(cuGraphLaunch(executable, session.stream));
        Session.check(session.synchronize());
        assertThat(Session.view(out, 4 * 7).getFloat(4 * 6))
            .isEqualTo(2f * launch * (launch + 1) / 2);
      }
      assertThat(device.count(Counter.KERNELS_RUN)).isEqualTo(3);
      assertThat(device.count(Counter.KERNEL_LAUNCHES)).isEqualTo(1);
      assertThat(session.ints(filled, 1)).containsExactly(9);
      Session.check(cuGraphExecDestroy(executable));
    }
  }

  static Stream<Arguments> forbidden() {
    return Stream.of(
        forbidden(
            "cuStreamSynchronize",
            CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
            s -> cuStreamSynchronize(s.stream)),
        forbidden(
            "cuStreamQuery", CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, s -> cuStreamQuery(s.stream)),
        forbidden(
            "cuCtxSynchronize", CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, s -> cuCtxSynchronize()),
        forbidden(
            "cuMemAlloc",
            CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
            s -> cuMemAlloc(new CUdeviceptr(), 4)),
        forbidden(
            "cuMemHostAlloc",
            CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
            s -> cuMemHostAlloc(new Pointer(), 4, 0)),
        forbidden(
            "cuModuleUnload", CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, s -> cuModuleUnload(s.module)),
        forbidden(
            "copy from pageable memory",
            CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
            s ->
                cuMemcpyHtoDAsync(
                    s.first(), Pointer.to(ByteBuffer.allocateDirect(4)), 4, s.stream)),
        forbidden("cuMemFree", CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, s -> cuMemFree(s.first())),
        forbidden(
            "legacy stream", CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, s -> cuMemsetD32(s.first(), 0, 1)),
        forbidden(
            "blocking copy",
            CUDA_ERROR_STREAM_CAPTURE_IMPLICIT,
            s -> cuMemcpyDtoH(Pointer.to(ByteBuffer.allocateDirect(4)), s.first(), 4)));
  }

  private static Arguments forbidden(String name, int status, ToIntFunction<Session> call) {
    return arguments(named(name, call), status);
  }

  @ParameterizedTest
  @MethodSource("forbidden")
  void whatACaptureForbidsIsRefusedAndSpoilsIt(ToIntFunction<Session> call, int status) {
    try (Session session = new Session()) {
      Session.Memory x = session.allocate(4);
      Session.check(cuStreamBeginCapture(session.stream, THREAD_LOCAL));
      Session.check(cuMemsetD32Async(x, 1, 1, session.stream));
      assertThat(call.applyAsInt(session)).isEqualTo(status);
      assertThat(capturing(session.stream)).isEqualTo(2); // CU_STREAM_CAPTURE_STATUS_INVALIDATED
      assertThat(cuMemsetD32Async(x, 1, 1, session.stream))
          .isEqualTo(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
      assertThat(cuStreamEndCapture(session.stream, new CUgraph()))
          .isEqualTo(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
      // And then the stream is as before.
      Session.check(cuMemsetD32Async(x, 3, 1, session.stream));
      Session.check(session.synchronize());
      assertThat(session.ints(x, 1)).containsExactly(3);
    }
  }

  @Test
  void allocationIsAllowedInARelaxedCapture() {
    try (Session session = new Session()) {
      Session.check(
          cuStreamBeginCapture(session.stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED));
      session.allocate(4);
      CUgraph graph = new CUgraph();
      Session.check(cuStreamEndCapture(session.stream, graph));
      Session.check(cuGraphDestroy(graph));
    }
  }

  @Test
  void theLegacyStreamCannotBeCaptured() {
    try (Session _ = new Session()) {
      assertThat(cuStreamBeginCapture(new CUstream(), THREAD_LOCAL))
          .isEqualTo(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    }
  }

  @Test
  void aForkedStreamMustBeJoined() {
    try (Session session = new Session()) {
      CUstream second = new CUstream();
      Session.check(cuStreamCreate(second, CUstream_flags.CU_STREAM_NON_BLOCKING));
      CUevent fork = new CUevent();
      CUevent join = new CUevent();
      Session.check(cuEventCreate(fork, 2));
      Session.check(cuEventCreate(join, 2));
      Session.Memory x = session.allocate(4);
      Session.Memory y = session.allocate(4);
      for (boolean joined : new boolean[] {false, true}) {
        Session.check(cuStreamBeginCapture(session.stream, THREAD_LOCAL));
        Session.check(cuMemsetD32Async(x, 1, 1, session.stream));
        Session.check(cuEventRecord(fork, session.stream));
        Session.check(cuStreamWaitEvent(second, fork, 0));
        Session.check(cuMemsetD32Async(x, 2, 1, second));
        CUgraph graph = new CUgraph();
        if (!joined) {
          assertThat(cuStreamEndCapture(session.stream, graph))
              .isEqualTo(CUDA_ERROR_STREAM_CAPTURE_UNJOINED);
          continue;
        }
        Session.check(cuEventRecord(join, second));
        Session.check(cuStreamWaitEvent(session.stream, join, 0));
        Session.check(cuMemcpyDtoDAsync(y, x, 4, session.stream));
        Session.check(cuStreamEndCapture(session.stream, graph));
        CUgraphExec executable = new CUgraphExec();
        Session.check(cuGraphInstantiate(executable, graph, 0));
        Session.check(cuGraphLaunch(executable, session.stream));
        Session.check(session.synchronize());
        assertThat(session.ints(y, 1)).containsExactly(2);
        Session.check(cuGraphExecDestroy(executable));
        Session.check(cuGraphDestroy(graph));
      }
      Session.check(cuEventDestroy(fork));
      Session.check(cuEventDestroy(join));
      Session.check(cuStreamDestroy(second));
    }
  }

  @Test
  void aCaptureMayNotWaitForWorkOutsideNorAnEventInItBeQueried() {
    try (Session session = new Session()) {
      CUevent outside = new CUevent();
      CUevent inside = new CUevent();
      Session.check(cuEventCreate(outside, 0));
      Session.check(cuEventCreate(inside, 0));
      CUstream second = new CUstream();
      Session.check(cuStreamCreate(second, CUstream_flags.CU_STREAM_NON_BLOCKING));
      Session.check(cuEventRecord(outside, second));
      Session.check(cuStreamBeginCapture(session.stream, THREAD_LOCAL));
      assertThat(cuStreamWaitEvent(session.stream, outside, 0))
          .isEqualTo(CUDA_ERROR_STREAM_CAPTURE_ISOLATION);
      assertThat(cuStreamEndCapture(session.stream, new CUgraph()))
          .isEqualTo(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
      Session.check(cuStreamBeginCapture(session.stream, THREAD_LOCAL));
      Session.check(cuEventRecord(inside, session.stream));
      assertThat(cuEventQuery(inside))
          .isEqualTo(907); // CUDA_ERROR_CAPTURED_EVENT: JCuda has no name for it
      assertThat(cuStreamEndCapture(session.stream, new CUgraph()))
          .isEqualTo(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
      Session.check(cuEventDestroy(outside));
      Session.check(cuEventDestroy(inside));
      Session.check(cuStreamDestroy(second));
    }
  }

  private static int capturing(CUstream stream) {
    int[] status = new int[1];
    Session.check(cuStreamIsCapturing(stream, status));
    return status[0];
  }
}
