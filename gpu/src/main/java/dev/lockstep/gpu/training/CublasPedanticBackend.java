package dev.lockstep.gpu.training;

/** {@code cublas-pedantic}: products by cuBLAS in binary32, held to prescribed precision. */
public final class CublasPedanticBackend extends DeviceBackend {

  /** For the service loader. */
  public CublasPedanticBackend() {
    super("cublas-pedantic", Products.CUBLAS_PEDANTIC);
  }
}
