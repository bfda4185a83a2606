package dev.lockstep.bench.results;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/** Why a case gets no more forks in this part of a run. */
public enum Ended implements Labelled {
  /** It gets more. */
  OPEN,
  /** It has as many as it needs or may have. */
  ENOUGH,
  /** The budget left no time; a resumed run takes the case up again. */
  BUDGET,
  /** A fork failed. */
  FAILED;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
