package dev.lockstep.gpu.driver;

import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/** Work recorded by {@link Stream#capture}. It can be launched as a whole any number of times. */
public final class Graph extends Owned {
  private final CUgraphExec executable;

  Graph(CUgraphExec executable) {
    this.executable = executable;
  }

  /** Enqueues the work into a stream. */
  public void launch(Stream stream) {
    Status.driver(
        JCudaDriver.cuGraphLaunch(executable, stream.handle()), "launch", "a step's graph");
  }

  @Override
  void release() {
    Status.driver(JCudaDriver.cuGraphExecDestroy(executable), "release", "a step's graph");
  }
}
