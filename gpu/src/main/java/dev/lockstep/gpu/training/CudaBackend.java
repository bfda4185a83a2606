package dev.lockstep.gpu.training;

/** {@code cuda}: everything by the project's own kernels, in canonical arithmetic. */
public final class CudaBackend extends DeviceBackend {

  /** For the service loader. */
  public CudaBackend() {
    super("cuda", Products.CANONICAL);
  }
}
