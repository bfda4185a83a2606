package dev.lockstep.gpu.training;

/** {@code cublas-bf16}: products by cuBLAS on tensor cores, from operands rounded to bfloat16. */
public final class CublasBf16Backend extends DeviceBackend {

  /** Called by the service loader. */
  public CublasBf16Backend() {
    super("cublas-bf16", Products.CUBLAS_BF16);
  }
}
