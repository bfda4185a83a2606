package dev.lockstep.gpu.driver;

import jcuda.cudaDataType;
import jcuda.jcublas.cublasComputeType;

/** How cuBLAS is told to multiply; accumulation is in binary32 in all of them. */
public enum ProductMode {
  /** Binary32 operands, the library's choice of algorithm. */
  FP32(cudaDataType.CUDA_R_32F, cublasComputeType.CUBLAS_COMPUTE_32F, Float.BYTES),
  /** Binary32 operands, and none but prescribed precision and plain algorithms. */
  FP32_PEDANTIC(
      cudaDataType.CUDA_R_32F, cublasComputeType.CUBLAS_COMPUTE_32F_PEDANTIC, Float.BYTES),
  /** Operands rounded to 10 explicit mantissa bits, on tensor cores. */
  TF32(cudaDataType.CUDA_R_32F, cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32, Float.BYTES),
  /** Operands stored in bfloat16, 7 explicit mantissa bits. */
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

  /** Bytes of an element of A or B. */
  public int operandBytes() {
    return operandBytes;
  }
}
