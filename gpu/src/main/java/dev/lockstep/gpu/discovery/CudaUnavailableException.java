package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unavailable;

/** CUDA cannot be used here, for a reason with a name. */
public final class CudaUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Availability why;

  CudaUnavailableException(Cause cause, String sentence, String remedy) {
    this(new Unavailable(new Reason(cause, sentence), remedy));
  }

  CudaUnavailableException(Availability why) {
    super(why.toString());
    this.why = why;
  }

  /** The reason and, where there is one, the remedy. */
  public Availability availability() {
    return why;
  }
}
