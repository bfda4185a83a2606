package dev.lockstep.gpu.training;

/** {@code cuda}: all operations by the project's own kernels, in canonical arithmetic. */
public final class CudaBackend extends DeviceBackend {

  /** Called by the service loader. */
  public CudaBackend() {
    super("cuda", Products.CANONICAL);
  }
}
