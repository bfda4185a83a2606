package dev.lockstep.backend;

import java.util.List;

/**
 * Provides backends that have no class of their own. Sources are found through {@code
 * META-INF/services/dev.lockstep.backend.BackendSource}.
 */
public interface BackendSource {

  /** Returns the backends, each with a unique name. Must be cheap. */
  List<Backend> backends();
}
