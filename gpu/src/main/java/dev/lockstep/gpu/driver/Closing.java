package dev.lockstep.gpu.driver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Owns resources and closes them in the opposite order of opening. If some fail to close, the
 * others are closed all the same; the first failure is thrown and the later ones are suppressed in
 * it.
 */
public final class Closing implements AutoCloseable {
  private final Deque<Resource> resources = new ArrayDeque<>();

  /** Something to be closed. Closing throws a {@link CudaFault} if it fails. */
  public interface Resource extends AutoCloseable {
    @Override
    void close();
  }

  /** Takes ownership. */
  public <R extends Resource> R own(R resource) {
    resources.push(resource);
    return resource;
  }

  /**
   * Opens a resource and takes ownership. If opening fails, this closes everything owned so far. It
   * serves constructors: when one fails, its caller has nothing to close.
   */
  public <R extends Resource> R allocate(Supplier<R> opening) {
    try {
      return own(opening.get());
    } catch (RuntimeException e) {
      closeAfter(e);
      throw e;
    }
  }

  /** Closes everything after a failure. What fails to close is suppressed in that failure. */
  public void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** Closes everything. Closing again does nothing. */
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
