package dev.lockstep.backend;

import java.util.List;

/**
 * A backend that failed in the middle of its work: the message names the operation and what it was
 * done to. Its trainer can only be closed; other backends are not affected.
 */
public abstract class BackendFault extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With the whole sentence. */
  protected BackendFault(String message) {
    super(message);
  }

  /** What the backend itself said of it, line by line; empty if it said nothing. */
  public List<String> evidence() {
    return List.of();
  }
}
