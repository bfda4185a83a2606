package dev.lockstep.bench.sensors;

/** Thrown if a sensor cannot be read; the message is the reason as a clause. */
final class NotReadableException extends Exception {

  private static final long serialVersionUID = 1;

  NotReadableException(String reason) {
    super(reason);
  }
}
