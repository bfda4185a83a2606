package dev.lockstep.gpu.training;

/** {@code cublas-tf32}: products by cuBLAS on tensor cores, from operands rounded to TF32. */
public final class CublasTf32Backend extends DeviceBackend {

  /** Called by the service loader. */
  public CublasTf32Backend() {
    super("cublas-tf32", Products.CUBLAS_TF32);
  }
}
