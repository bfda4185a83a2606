package dev.lockstep.gpu.discovery;

/** A library cannot be loaded, or lacks a function; the message is the loader's. */
final class LoadException extends Exception {

  private static final long serialVersionUID = 1;

  LoadException(String message) {
    super(message);
  }
}
