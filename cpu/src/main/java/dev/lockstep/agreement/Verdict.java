package dev.lockstep.agreement;

import dev.lockstep.backend.Availability;

/** The outcome of a comparison. It is always reported with a reason. */
public enum Verdict {
  /** Everything compared agrees at its tier. */
  AGREES,
  /** Something compared does not agree. */
  DIFFERS,
  /** A backend failed during its work. */
  FAILED,
  /** A backend could not run because something is missing that could be installed or provided. */
  UNAVAILABLE,
  /** A backend cannot run on this machine. */
  UNSUPPORTED,
  /** An error is larger than rounding explains, but for a stated rate of false alarms. */
  ALARM,
  /** The run proves nothing. */
  INCONCLUSIVE;

  /**
   * Returns the verdict on a backend that cannot run.
   *
   * @throws IllegalArgumentException if the backend can run
   */
  public static Verdict of(Availability availability) {
    return switch (availability) {
      case Availability.Unavailable _ -> UNAVAILABLE;
      case Availability.Unsupported _ -> UNSUPPORTED;
      case Availability.Available available -> throw new IllegalArgumentException("" + available);
    };
  }
}
