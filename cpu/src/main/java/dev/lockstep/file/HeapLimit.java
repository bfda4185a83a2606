package dev.lockstep.file;

import dev.lockstep.input.InputException;
import java.util.Locale;

/** What the heap of this JVM can grow to, asked before anything large is allocated. */
public final class HeapLimit {

  private HeapLimit() {}

  /**
   * Refuses what cannot fit. What passes may still be too much, since other things lie in the heap
   * and no collector can fill it to the last byte.
   *
   * @param bytes what is needed at least
   * @param source the file or flag that asks for it
   * @param field the part of it that does
   * @param value what stands there
   * @throws InputException saying how much is needed and how much there is
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

  /** How much it is, and what sets it. */
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
