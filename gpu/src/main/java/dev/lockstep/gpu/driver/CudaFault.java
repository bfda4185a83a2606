package dev.lockstep.gpu.driver;

import dev.lockstep.backend.BackendFault;
import java.util.Locale;

/** The failure of a call of the CUDA driver or of cuBLAS: its operation, subject and status. */
public final class CudaFault extends BackendFault {
  private static final long serialVersionUID = 1L;

  /**
   * A failed call.
   *
   * @param status as CUDA's headers name it, such as CUDA_ERROR_OUT_OF_MEMORY
   * @param detail the end of the message
   */
  CudaFault(String operation, String subject, String status, String detail) {
    super(String.format(Locale.ROOT, "%s of %s failed: %s%s", operation, subject, status, detail));
  }
}
