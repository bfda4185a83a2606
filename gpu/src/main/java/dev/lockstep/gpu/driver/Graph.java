package dev.lockstep.gpu.driver;

import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/** Work recorded by {@link Stream#capture}, to be launched whole, any number of times. */
public final class Graph implements Closing.Resource {
  private final CUgraphExec executable;
  private boolean closed;

  Graph(CUgraphExec executable) {
    this.executable = executable;
  }

  /** Puts the work into the stream. */
  public void launch(Stream stream) {
    Status.driver(
        JCudaDriver.cuGraphLaunch(executable, stream.handle()), "launch", "a step's graph");
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Status.driver(JCudaDriver.cuGraphExecDestroy(executable), "release", "a step's graph");
    }
  }
}
