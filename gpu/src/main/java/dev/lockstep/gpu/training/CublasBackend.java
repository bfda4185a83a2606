package dev.lockstep.gpu.training;

/** {@code cublas}: products by cuBLAS in binary32, with the algorithms it chooses by default. */
public final class CublasBackend extends DeviceBackend {

  /** Called by the service loader. */
  public CublasBackend() {
    super("cublas", Products.CUBLAS);
  }
}
