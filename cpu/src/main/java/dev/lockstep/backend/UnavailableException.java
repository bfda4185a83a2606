package dev.lockstep.backend;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Unavailable;

/** A backend cannot be used here, for a reason with a name. */
public final class UnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Availability why;

  /** Something is missing, and what to do about it. */
  public UnavailableException(Cause cause, String sentence, String remedy) {
    this(new Unavailable(cause, sentence, remedy));
  }

  /** What {@link Backend#availability} would have said. */
  public UnavailableException(Availability why) {
    super(why.toString());
    this.why = why;
  }

  /** The reason and, where there is one, the remedy. */
  public Availability availability() {
    return why;
  }
}
