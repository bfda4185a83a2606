package dev.lockstep.agreement;

import dev.lockstep.backend.Availability;

/** The outcome of a comparison. Never a boolean: a reason goes with it. */
public enum Verdict {
  /** Everything compared was equal within the tier. */
  AGREES,
  /** Something was not. */
  DIFFERS,
  /** A backend broke down in the middle of its work. */
  FAILED,
  /** A backend could not run: something is missing that could be there. */
  UNAVAILABLE,
  /** A backend cannot run on this machine. */
  UNSUPPORTED,
  /** It ran, and what it did proves nothing. */
  INCONCLUSIVE;

  /**
   * What a backend that cannot run comes to.
   *
   * @throws IllegalArgumentException if it can
   */
  public static Verdict of(Availability availability) {
    return switch (availability) {
      case Availability.Unavailable _ -> UNAVAILABLE;
      case Availability.Unsupported _ -> UNSUPPORTED;
      case Availability.Available available -> throw new IllegalArgumentException("" + available);
    };
  }
}
