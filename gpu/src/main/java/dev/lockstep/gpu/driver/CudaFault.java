package dev.lockstep.gpu.driver;

import dev.lockstep.backend.BackendFault;
import java.util.Locale;

/** The failure of a call of the CUDA driver or of cuBLAS: its operation, subject and status. */
public final class CudaFault extends BackendFault {
  private static final long serialVersionUID = 1L;

  private final int driverStatus;

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
  }

  /** The driver's answer; 0 if it was not the driver that failed. */
  public int driverStatus() {
    return driverStatus;
  }
}
