package dev.lockstep.gpu.driver;

import jcuda.cudaDataType;
import jcuda.jcublas.cublasComputeType;

/** How cuBLAS multiplies. All modes accumulate in binary32. */
public enum ProductMode {
  /** Binary32 operands. The library chooses the algorithm. */
  FP32(cudaDataType.CUDA_R_32F, cublasComputeType.CUBLAS_COMPUTE_32F, Float.BYTES),
  /** Binary32 operands. Every step keeps the prescribed precision, without faster algorithms. */
  FP32_PEDANTIC(
      cudaDataType.CUDA_R_32F, cublasComputeType.CUBLAS_COMPUTE_32F_PEDANTIC, Float.BYTES),
  /** Binary32 operands, rounded to TF32 (10 explicit significand bits) on tensor cores. */
  TF32(cudaDataType.CUDA_R_32F, cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32, Float.BYTES),
  /** Operands stored in bfloat16 (7 explicit significand bits). */
  BF16(cudaDataType.CUDA_R_16BF, cublasComputeType.CUBLAS_COMPUTE_32F, Short.BYTES);

  private final int operandType;
  private final int computeType;
  private final int operandBytes;

  ProductMode(int operandType, int computeType, int operandBytes) {
    this.operandType = operandType;
    this.computeType = computeType;
    this.operandBytes = operandBytes;
  }

  int operandType() {
    return operandType;
  }

  int computeType() {
    return computeType;
  }

  /** The size of an element of A or B in bytes. */
  public int operandBytes() {
    return operandBytes;
  }
}
