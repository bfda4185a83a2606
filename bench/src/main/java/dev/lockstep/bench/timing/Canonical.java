package dev.lockstep.bench.timing;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;

/** Operations that recompute what a backend computed: never the backend's own. */
final class Canonical {

  private Canonical() {}

  /**
   * Of {@code scalar}, or to judge that one, of {@code vector}.
   *
   * @throws IllegalArgumentException if the backend is an oracle, which nothing here can judge
   */
  static Operations judging(Backend backend) {
    if (backend.kind() == Kind.ORACLE) {
      throw new IllegalArgumentException(backend.name() + " is an oracle and is not timed");
    }
    String judge = backend.name().equals("scalar") ? "vector" : "scalar";
    return Backends.named("timing", judge).operations(new Resources(1));
  }
}
