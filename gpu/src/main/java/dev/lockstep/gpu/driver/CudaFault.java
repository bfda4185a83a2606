package dev.lockstep.gpu.driver;

import dev.lockstep.backend.BackendFault;
import java.util.Locale;
import java.util.Set;

/** The failure of a call of the CUDA driver or of cuBLAS: its operation, subject and status. */
public final class CudaFault extends BackendFault {
  private static final long serialVersionUID = 1L;

  /**
   * The errors after which CUDA demands a new process: "this leaves the process in an inconsistent
   * state and any further CUDA work will return the same error".
   */
  private static final Set<String> LOSING =
      Set.of(
          "CUDA_ERROR_ECC_UNCORRECTABLE",
          "CUDA_ERROR_NVLINK_UNCORRECTABLE",
          "CUDA_ERROR_ILLEGAL_ADDRESS",
          "CUDA_ERROR_LAUNCH_TIMEOUT",
          "CUDA_ERROR_CONTEXT_IS_DESTROYED",
          "CUDA_ERROR_ASSERT",
          "CUDA_ERROR_HARDWARE_STACK_ERROR",
          "CUDA_ERROR_ILLEGAL_INSTRUCTION",
          "CUDA_ERROR_MISALIGNED_ADDRESS",
          "CUDA_ERROR_INVALID_ADDRESS_SPACE",
          "CUDA_ERROR_INVALID_PC",
          "CUDA_ERROR_LAUNCH_FAILED",
          "CUDA_ERROR_UNKNOWN");

  private final int driverStatus;
  private final boolean losing;

  /**
   * A failed call.
   *
   * @param status as CUDA's headers name it, such as CUDA_ERROR_OUT_OF_MEMORY
   * @param detail the end of the message
   * @param driverStatus the driver's answer; 0 if it was not the driver that failed
   */
  CudaFault(String operation, String subject, String status, String detail, int driverStatus) {
    super(String.format(Locale.ROOT, "%s of %s failed: %s%s", operation, subject, status, detail));
    this.driverStatus = driverStatus;
    losing = LOSING.contains(status);
  }

  /** The driver's answer; 0 if it was not the driver that failed. */
  public int driverStatus() {
    return driverStatus;
  }

  @Override
  public boolean losesDevice() {
    return losing;
  }
}
