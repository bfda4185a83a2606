package dev.lockstep.gpu.driver;

/** Something for the device to do, made once and put into a stream any number of times. */
public interface Work {

  /**
   * Puts it at the end of the stream; it runs later.
   *
   * @throws CudaFault if the driver or the library refuses it
   */
  void into(Stream stream);
}
