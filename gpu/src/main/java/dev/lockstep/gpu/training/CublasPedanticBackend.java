package dev.lockstep.gpu.training;

/** {@code cublas-pedantic}: products by cuBLAS in binary32, in its pedantic math mode. */
public final class CublasPedanticBackend extends DeviceBackend {

  /** Called by the service loader. */
  public CublasPedanticBackend() {
    super("cublas-pedantic", Products.CUBLAS_PEDANTIC);
  }
}
