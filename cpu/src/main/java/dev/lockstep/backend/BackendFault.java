package dev.lockstep.backend;

import java.util.List;

/**
 * Thrown when a backend fails during its work. The message names the operation and its object. The
 * trainer can then only be closed; other backends are not affected.
 */
public abstract class BackendFault extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Creates a fault with a full sentence. */
  protected BackendFault(String message) {
    super(message);
  }

  /**
   * Returns whether the device is lost with it, so that nothing is to be believed that this process
   * computes on the device afterwards.
   */
  public boolean losesDevice() {
    return false;
  }

  /** Returns the backend's own output about the fault, line by line; empty if there is none. */
  public List<String> evidence() {
    return List.of();
  }
}
