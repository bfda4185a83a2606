package dev.lockstep.backend;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Unavailable;

/** Thrown when a backend cannot run on this machine; the {@link Availability} says why. */
public final class UnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Availability why;

  /** Creates an exception that says what is missing and how to provide it. */
  public UnavailableException(Cause cause, String sentence, String remedy) {
    this(new Unavailable(cause, sentence, remedy));
  }

  /** Creates an exception from an availability. */
  public UnavailableException(Availability why) {
    super(why.toString());
    this.why = why;
  }

  /** Returns the reason and the remedy, if there is one. */
  public Availability availability() {
    return why;
  }
}
