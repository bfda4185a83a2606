package dev.lockstep.bench.inspect;

import dev.lockstep.file.TensorFile;
import dev.lockstep.input.Limits;
import java.util.Optional;

/** A tensor that is not inspected, and why. */
record Skipped(TensorFile.Entry entry, Reason reason) {

  private static final int FEWEST_DIMENSIONS = 2;

  /** Why a tensor is not inspected. */
  enum Reason {
    TYPE("not of a floating-point type that is read"),
    FEW_DIMENSIONS("fewer than two dimensions"),
    MANY_DIMENSIONS("more than five dimensions"),
    EMPTY("no values"),
    LARGE("more than 2^31 values");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /** The reason why a tensor is not inspected; empty if it is. */
  static Optional<Reason> reason(TensorFile.Entry entry) {
    if (entry.reading() == TensorFile.Reading.REFUSED) {
      return Optional.of(Reason.TYPE);
    }
    if (entry.shape().size() < FEWEST_DIMENSIONS) {
      return Optional.of(Reason.FEW_DIMENSIONS);
    }
    if (entry.shape().size() > Limits.DIMENSIONS.value()) {
      return Optional.of(Reason.MANY_DIMENSIONS);
    }
    if (entry.shape().contains(0L)) {
      return Optional.of(Reason.EMPTY);
    }
    long rest = Limits.ARRAY.value();
    for (long length : entry.shape()) {
      rest /= length;
    }
    return rest == 0 ? Optional.of(Reason.LARGE) : Optional.empty();
  }
}
