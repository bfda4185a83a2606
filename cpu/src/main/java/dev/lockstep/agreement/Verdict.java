package dev.lockstep.agreement;

/** The outcome of a comparison. Never a boolean: a reason goes with it. */
public enum Verdict {
  /** Everything compared was equal within the tier. */
  AGREES,
  /** Something was not. */
  DIFFERS,
  /** A backend could not run: something is missing that could be there. */
  UNAVAILABLE,
  /** A backend cannot run on this machine. */
  UNSUPPORTED,
  /** It ran, and what it did proves nothing. */
  INCONCLUSIVE
}
