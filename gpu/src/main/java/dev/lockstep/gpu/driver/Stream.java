package dev.lockstep.gpu.driver;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A queue of work for the device. What is put in runs in order, later. */
public final class Stream implements Closing.Resource {
  private final CUstream stream = new CUstream();
  private boolean closed;

  private Stream() {}

  /** A stream that does not wait for the default stream. */
  public static Stream open() {
    Stream opened = new Stream();
    Status.driver(
        JCudaDriver.cuStreamCreate(opened.stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "creation",
        "a stream");
    return opened;
  }

  /**
   * The context's default stream, in which copies run that name no stream. It is not to be closed.
   */
  public static Stream legacy() {
    Stream legacy = new Stream();
    legacy.closed = true;
    return legacy;
  }

  CUstream handle() {
    return stream;
  }

  /** Copies from the host; the source must stay as it is until then. */
  public void copyIn(PinnedMemory source, DeviceMemory target, long targetOffset, long bytes) {
    Status.driver(
        JCudaDriver.cuMemcpyHtoDAsync(target.at(targetOffset), source.pointer(0), bytes, stream),
        "copy to the device",
        target.tensor());
  }

  /** Copies to the host. */
  public void copyOut(DeviceMemory source, long sourceOffset, PinnedMemory target, long bytes) {
    copyOut(source, sourceOffset, target, 0, bytes);
  }

  /** Copies to a part of the host's memory. */
  public void copyOut(
      DeviceMemory source, long sourceOffset, PinnedMemory target, long targetOffset, long bytes) {
    Status.driver(
        JCudaDriver.cuMemcpyDtoHAsync(
            target.pointer(targetOffset), source.at(sourceOffset), bytes, stream),
        "copy to the host",
        source.tensor());
  }

  /** Copies the first bytes of one tensor over those of another. */
  public void copyWithin(DeviceMemory source, DeviceMemory target, long bytes) {
    Status.driver(
        JCudaDriver.cuMemcpyDtoDAsync(target.at(0), source.at(0), bytes, stream),
        "copy on the device",
        target.tensor());
  }

  /** Sets every byte to 0. */
  public void clear(DeviceMemory memory) {
    Status.driver(
        JCudaDriver.cuMemsetD8Async(memory.at(0), (byte) 0, memory.bytes(), stream),
        "clearing",
        memory.tensor());
  }

  /** Waits until everything in the queue is done. */
  public void synchronize() {
    Status.driver(JCudaDriver.cuStreamSynchronize(stream), "completion", "the work queued");
  }

  /**
   * Records what {@code work} puts into this stream, without running it.
   *
   * @throws CudaFault if something in it cannot be recorded; the stream is usable again
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

  /** Ends a capture because of a failure, which keeps what fails then as suppressed. */
  private void endAfter(RuntimeException failure, CUgraph graph) {
    try {
      Status.driver(JCudaDriver.cuStreamEndCapture(stream, graph), "end of capture", "a step");
      Status.driver(JCudaDriver.cuGraphDestroy(graph), "release", "a step's graph");
    } catch (CudaFault alsoThat) {
      failure.addSuppressed(alsoThat);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Status.driver(JCudaDriver.cuStreamDestroy(stream), "release", "a stream");
    }
  }
}
