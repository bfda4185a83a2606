package dev.lockstep.gpu.driver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

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

  /**
   * Opens something and takes ownership of it. If that fails, everything owned so far is closed:
   * for constructors, whose caller has nothing to close then.
   */
  public <R extends Resource> R allocate(Supplier<R> opening) {
    try {
      return own(opening.get());
    } catch (RuntimeException e) {
      closeAfter(e);
      throw e;
    }
  }

  /** Closes everything because of a failure, which keeps what fails then as suppressed. */
  public void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
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
