package dev.lockstep.file;

import dev.lockstep.input.InputException;
import java.util.Locale;

/** Checks the limit of this JVM's heap before something large is allocated. */
public final class HeapLimit {

  private HeapLimit() {}

  /**
   * Refuses what cannot fit the heap. What passes may still not fit, because other objects lie in
   * the heap and no collector can use every byte.
   *
   * @param bytes the least memory needed
   * @param source the file or flag that asks for it
   * @param field the field that asks for it
   * @param value the value of that field
   * @throws InputException naming the memory needed and the limit
   */
  public static void require(long bytes, String source, String field, Object value) {
    if (bytes > Runtime.getRuntime().maxMemory()) {
      throw new InputException(
          source,
          field,
          value,
          String.format(
              Locale.ROOT,
              "expected one that fits the memory: it needs %s and the JVM may use %s",
              human(bytes),
              described()));
    }
  }

  /** Work whose need of memory is not known before it is done. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    /** Does the work. */
    T result() throws E;
  }

  /**
   * Does work and names what asked for it if the memory does not suffice. How full a collector can
   * fill the heap is not known beforehand, so that what {@link #require} lets pass may not fit.
   *
   * @param source the file or flag that asks for it
   * @param field the field that asks for it
   * @throws InputException naming the limit
   */
  public static <T, E extends Exception> T naming(String source, String field, Work<T, E> work)
      throws E {
    try {
      return work.result();
    } catch (OutOfMemoryError e) {
      throw new InputException(
          source,
          field,
          "too large",
          "expected one that fits the memory: the JVM may use " + described());
    }
  }

  /** The limit, with the option that sets it. */
  public static String described() {
    return human(Runtime.getRuntime().maxMemory()) + " (option -Xmx)";
  }

  private static String human(long bytes) {
    double gib = bytes / (double) (1L << 30);
    return gib >= 1
        ? String.format(Locale.ROOT, "%.1f GiB", gib)
        : String.format(Locale.ROOT, "%.0f MiB", gib * 1024);
  }
}
