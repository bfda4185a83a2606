package dev.lockstep.gpu.driver;

import jcuda.driver.CUresult;
import jcuda.jcublas.cublasStatus;

/** Turns the status of a native call into a {@link CudaFault} unless it is success. */
final class Status {
  private Status() {}

  /**
   * Checks a call of the driver.
   *
   * @param operation what was tried, as a noun such as "allocation" or "launch"
   * @param subject the tensor, kernel or other thing it was tried on
   */
  static void driver(int status, String operation, String subject) {
    driver(status, operation, subject, "");
  }

  /**
   * Checks a call of the driver.
   *
   * @param detail text to end the message with
   */
  static void driver(int status, String operation, String subject, String detail) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new CudaFault(operation, subject, CUresult.stringFor(status), detail, status);
    }
  }

  /** Checks a call of cuBLAS. */
  static void cublas(int status, String operation, String subject) {
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new CudaFault(operation, subject, cublasStatus.stringFor(status), "", 0);
    }
  }
}
