package dev.lockstep.bench.timing;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;

/** Another exact backend than one that is timed, to recompute what that one computed. */
public final class Canonical {

  private Canonical() {}

  /**
   * Checks that there can be one.
   *
   * @throws IllegalArgumentException if the backend is an oracle, which nothing here can judge
   */
  static void requireJudgeOf(Backend backend) {
    if (backend.kind() == Kind.ORACLE) {
      throw new IllegalArgumentException(backend.name() + " is an oracle and is not timed");
    }
  }

  /**
   * {@code scalar}, or to judge that one, {@code vector}.
   *
   * @throws IllegalArgumentException if the backend is an oracle, which nothing here can judge
   */
  public static Backend judgeOf(Backend backend) {
    requireJudgeOf(backend);
    return Backends.judgeOf(backend);
  }

  /** Single operations of {@link #judgeOf}, on one thread. */
  static Operations judging(Backend backend) {
    return judgeOf(backend).operations(new Resources(1));
  }
}
