package dev.lockstep.gpu.driver;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A queue of work for the device, which runs the work in order and asynchronously. */
public final class Stream extends Owned {
  private final CUstream stream = new CUstream();

  private Stream() {}

  /** Opens a stream that does not wait for the default stream. */
  public static Stream open() {
    Stream opened = new Stream();
    Status.driver(
        JCudaDriver.cuStreamCreate(opened.stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "creation",
        "a stream");
    return opened;
  }

  /** The context's default stream, which belongs to the context. Closing it does nothing. */
  public static Stream legacy() {
    Stream legacy = new Stream();
    legacy.disown();
    return legacy;
  }

  CUstream handle() {
    return stream;
  }

  /**
   * Enqueues a copy from the host. The source must not change before the copy has run.
   *
   * @param targetOffset first byte of the target to overwrite
   */
  public void copyIn(PinnedMemory source, DeviceMemory target, long targetOffset, long bytes) {
    Status.driver(
        JCudaDriver.cuMemcpyHtoDAsync(target.at(targetOffset), source.pointer(0), bytes, stream),
        "copy to the device",
        target.tensor());
  }

  /** Enqueues a copy to the beginning of the host's memory. */
  public void copyOut(DeviceMemory source, long sourceOffset, PinnedMemory target, long bytes) {
    copyOut(source, sourceOffset, target, 0, bytes);
  }

  /** Enqueues a copy to the host. The offsets are in bytes. */
  public void copyOut(
      DeviceMemory source, long sourceOffset, PinnedMemory target, long targetOffset, long bytes) {
    Status.driver(
        JCudaDriver.cuMemcpyDtoHAsync(
            target.pointer(targetOffset), source.at(sourceOffset), bytes, stream),
        "copy to the host",
        source.tensor());
  }

  /** Enqueues a copy of the first bytes of one tensor to the beginning of another. */
  public void copyWithin(DeviceMemory source, DeviceMemory target, long bytes) {
    Status.driver(
        JCudaDriver.cuMemcpyDtoDAsync(target.at(0), source.at(0), bytes, stream),
        "copy on the device",
        target.tensor());
  }

  /** Enqueues setting every byte to 0. */
  public void clear(DeviceMemory memory) {
    Status.driver(
        JCudaDriver.cuMemsetD8Async(memory.at(0), (byte) 0, memory.bytes(), stream),
        "clearing",
        memory.tensor());
  }

  /** Waits until the device has done all work in the queue. */
  public void synchronize() {
    Status.driver(JCudaDriver.cuStreamSynchronize(stream), "completion", "the work queued");
  }

  /**
   * Records what {@code work} enqueues into this stream instead of running it.
   *
   * @throws CudaFault if something cannot be recorded; the stream remains usable
   */
  public Graph capture(Runnable work) {
    Status.driver(
        JCudaDriver.cuStreamBeginCapture(
            stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "begin of capture",
        "a step");
    CUgraph graph = new CUgraph();
    try {
      work.run();
    } catch (RuntimeException e) {
      endAfter(e, graph);
      throw e;
    }
    Status.driver(JCudaDriver.cuStreamEndCapture(stream, graph), "end of capture", "a step");
    CUgraphExec executable = new CUgraphExec();
    int status = JCudaDriver.cuGraphInstantiate(executable, graph, 0);
    int destroyed = JCudaDriver.cuGraphDestroy(graph);
    Status.driver(status, "instantiation", "a step's graph");
    Graph made = new Graph(executable);
    try {
      Status.driver(destroyed, "release", "a step's graph");
    } catch (CudaFault e) {
      made.close();
      throw e;
    }
    return made;
  }

  /** Ends a capture after a failure. What fails here is suppressed in that failure. */
  private void endAfter(RuntimeException failure, CUgraph graph) {
    try {
      Status.driver(JCudaDriver.cuStreamEndCapture(stream, graph), "end of capture", "a step");
      Status.driver(JCudaDriver.cuGraphDestroy(graph), "release", "a step's graph");
    } catch (CudaFault alsoThat) {
      failure.addSuppressed(alsoThat);
    }
  }

  @Override
  void release() {
    Status.driver(JCudaDriver.cuStreamDestroy(stream), "release", "a stream");
  }
}
