package dev.lockstep.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders that describe a machine, for {@link Linux#ROOT_PROPERTY}. */
public final class MadeUpMachine {

  private MadeUpMachine() {}

  /**
   * Describes one cache, which two processors share.
   *
   * @param size such as {@code 64K}
   */
  public static void withCache(Path root, String size) throws IOException {
    Path cache = Files.createDirectories(new Linux(root).processors().resolve("cpu0/cache/index3"));
    Files.writeString(cache.resolve("level"), "3");
    Files.writeString(cache.resolve("size"), size);
    Files.writeString(cache.resolve("shared_cpu_list"), "0-1");
  }
}
