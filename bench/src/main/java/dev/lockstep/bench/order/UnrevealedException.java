package dev.lockstep.bench.order;

/** Ends probing; {@link RevealedProduct#of} turns it into an {@link Unrevealed}. */
final class UnrevealedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Unrevealed.Reason reason;
  private final String evidence;

  UnrevealedException(Unrevealed.Reason reason, String evidence) {
    super(evidence);
    this.reason = reason;
    this.evidence = evidence;
  }

  Unrevealed.Reason reason() {
    return reason;
  }

  String evidence() {
    return evidence;
  }
}
