package dev.lockstep.gpu.driver;

import jcuda.driver.CUresult;
import jcuda.jcublas.cublasStatus;

/** Turns the status of a native call into a {@link CudaFault} unless it is success. */
final class Status {
  private Status() {}

  /**
   * Checks a call of the driver.
   *
   * @param operation what was tried, as a noun: "allocation", "launch"
   * @param subject what it was tried on: a tensor, a kernel
   */
  static void driver(int status, String operation, String subject) {
    driver(status, operation, subject, "");
  }

  /** Checks a call of the driver; {@code detail} ends the sentence. */
  static void driver(int status, String operation, String subject, String detail) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new CudaFault(operation, subject, CUresult.stringFor(status), detail);
    }
  }

  /** Checks a call of cuBLAS. */
  static void cublas(int status, String operation, String subject) {
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new CudaFault(operation, subject, cublasStatus.stringFor(status), "");
    }
  }
}
