package dev.lockstep.gpu.driver;

/** Work for the device. It is made once and can be enqueued any number of times. */
public interface Work {

  /**
   * Enqueues the work at the end of a stream.
   *
   * @throws CudaFault if the driver or the library refuses it
   */
  void into(Stream stream);
}
