package dev.lockstep.bench.measure;

import java.time.Duration;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/**
 * Ends the processes that this one has started since, if nothing is said for too long. JMH waits
 * for its fork without end, and does not give its process away.
 */
final class SilenceLimit implements AutoCloseable {
  private static final int GLANCES = 100;

  private final IntSupplier said;
  private final Duration limit;
  private final Set<ProcessHandle> before =
      ProcessHandle.current().children().collect(Collectors.toUnmodifiableSet());
  private final Thread watch;
  private volatile boolean passed;

  /**
   * @param said how much has been said; asked by another thread
   * @param limit the longest silence
   */
  SilenceLimit(IntSupplier said, Duration limit) {
    this.said = said;
    this.limit = limit;
    watch = Thread.ofPlatform().daemon().name("silence").start(this::watch);
  }

  /** Whether processes were ended. */
  boolean passed() {
    return passed;
  }

  // Glances are counted, not time: while this process is stopped, the others may be, too.
  private void watch() {
    try {
      int known = said.getAsInt();
      int silent = 0;
      while (silent < GLANCES) {
        Thread.sleep(limit.dividedBy(GLANCES));
        int now = said.getAsInt();
        silent = now == known ? silent + 1 : 0;
        known = now;
      }
    } catch (InterruptedException closed) {
      return;
    }
    passed = true;
    ProcessHandle.current()
        .children()
        .filter(child -> !before.contains(child))
        .forEach(
            child -> {
              child.descendants().forEach(ProcessHandle::destroyForcibly);
              child.destroyForcibly();
            });
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
