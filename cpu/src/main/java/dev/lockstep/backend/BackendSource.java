package dev.lockstep.backend;

import java.util.List;

/**
 * Where further backends come from that are no classes of their own. Found as backends are, by
 * {@code META-INF/services/dev.lockstep.backend.BackendSource}.
 */
public interface BackendSource {

  /** The backends there are now, each of a name of its own. Looking must be cheap. */
  List<Backend> backends();
}
