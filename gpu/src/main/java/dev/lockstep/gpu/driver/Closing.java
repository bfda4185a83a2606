package dev.lockstep.gpu.driver;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Owns what was opened, and closes it in the opposite order, all of it even if some of it fails:
 * the first failure is thrown, the others are suppressed in it.
 */
public final class Closing implements AutoCloseable {
  private final Deque<Resource> resources = new ArrayDeque<>();

  /** Something that can be closed; what fails is a {@link CudaFault}. */
  public interface Resource extends AutoCloseable {
    @Override
    void close();
  }

  /** Takes ownership. */
  public <R extends Resource> R own(R resource) {
    resources.push(resource);
    return resource;
  }

  /** Closes everything; closing again does nothing. */
  @Override
  public void close() {
    RuntimeException first = null;
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
