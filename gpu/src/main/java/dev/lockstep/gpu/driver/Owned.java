package dev.lockstep.gpu.driver;

/** A resource with one owner. It is released once, however often it is closed. */
abstract class Owned implements Closing.Resource {
  private boolean closed;

  /** Gives the resource back. */
  abstract void release();

  /** Makes {@link #close} do nothing, for a resource that belongs to somebody else. */
  final void disown() {
    closed = true;
  }

  @Override
  public final void close() {
    if (!closed) {
      closed = true;
      release();
    }
  }
}
