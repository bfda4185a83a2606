package dev.lockstep.gpu.driver;

import dev.lockstep.backend.BackendFault;
import java.util.Locale;

/**
 * A call of the CUDA driver or of cuBLAS that failed: which one, for what, and with what status.
 */
public final class CudaFault extends BackendFault {
  private static final long serialVersionUID = 1L;

  private final String status;

  CudaFault(String operation, String subject, String status, String detail) {
    super(String.format(Locale.ROOT, "%s of %s failed: %s%s", operation, subject, status, detail));
    this.status = status;
  }

  /** The status by its name in CUDA's headers, such as CUDA_ERROR_OUT_OF_MEMORY. */
  public String status() {
    return status;
  }
}
