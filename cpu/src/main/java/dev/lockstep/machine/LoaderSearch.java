package dev.lockstep.machine;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the system's loader looks for a library by its bare name: the folders of a variable, the
 * loader's cache, and the folders that it always searches. This lists files and loads none.
 *
 * @param searchPath the value of {@code LD_LIBRARY_PATH}; empty if it is not set
 * @param cache the loader's cache, {@code /etc/ld.so.cache}
 * @param folders the folders that are always searched
 */
public record LoaderSearch(String searchPath, Path cache, List<Path> folders) {

  /** The largest cache that is read. Those of large installations have less than a megabyte. */
  private static final int MOST_CACHE_BYTES = 64 << 20;

  /** {@code CACHEMAGIC_VERSION_NEW} of the C library. */
  private static final String MAGIC = "glibc-ld.so.cache1.1";

  private static final int HEADER_BYTES = 48;
  private static final int ENTRY_BYTES = 24;

  public LoaderSearch {
    folders = List.copyOf(folders);
  }

  /** The search of this process. */
  public static LoaderSearch ofThisMachine() {
    String searchPath = System.getenv("LD_LIBRARY_PATH");
    return ofThisMachine(searchPath == null ? "" : searchPath);
  }

  /**
   * The search of a process that this one starts.
   *
   * @param searchPath its value of {@code LD_LIBRARY_PATH}; empty if it is not set
   */
  public static LoaderSearch ofThisMachine(String searchPath) {
    return new LoaderSearch(
        searchPath,
        Path.of("/etc/ld.so.cache"),
        Stream.of(
                "/lib/x86_64-linux-gnu",
                "/usr/lib/x86_64-linux-gnu",
                "/lib64",
                "/usr/lib64",
                "/lib",
                "/usr/lib")
            .map(Path::of)
            .toList());
  }

  /** The existing files that have the name, in the loader's order. */
  public List<Path> files(String name) {
    List<Path> found = new ArrayList<>();
    for (String folder : searchPath.split("[:;]")) {
      if (!searchPath.isEmpty()) {
        addIfThere(found, folder, name);
      }
    }
    cached(name).forEach(file -> addIfThere(found, file, ""));
    folders.forEach(folder -> addIfThere(found, folder.toString(), name));
    return found.stream().distinct().toList();
  }

  private static void addIfThere(List<Path> found, String folder, String name) {
    try {
      // The loader takes an empty entry for the current folder.
      Path file = Path.of(folder.isEmpty() ? "." : folder).resolve(name).toAbsolutePath();
      if (Files.exists(file)) {
        found.add(file);
      }
    } catch (InvalidPathException notAPath) {
      // Nothing lies there.
    }
  }

  /** The files that the cache lists under a name; none if there is no cache, or a damaged one. */
  private List<String> cached(String name) {
    List<String> found = new ArrayList<>();
    try {
      if (Files.size(cache) > MOST_CACHE_BYTES) {
        return found;
      }
      byte[] bytes = Files.readAllBytes(cache);
      // Older systems put a table in another format first.
      int start = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(MAGIC);
      if (start < 0) {
        return found;
      }
      ByteBuffer table =
          ByteBuffer.wrap(bytes, start, bytes.length - start)
              .slice()
              .order(ByteOrder.LITTLE_ENDIAN);
      int count = table.getInt(MAGIC.length());
      for (int i = 0; i < count; i++) {
        int entry = HEADER_BYTES + i * ENTRY_BYTES;
        if (text(table, table.getInt(entry + 4)).equals(name)) {
          found.add(text(table, table.getInt(entry + 8)));
        }
      }
    } catch (IOException | IndexOutOfBoundsException | BufferUnderflowException damaged) {
      return found;
    }
    return found;
  }

  private static String text(ByteBuffer table, int start) {
    int end = start;
    while (table.get(end) != 0) {
      end++;
    }
    byte[] bytes = new byte[end - start];
    table.get(start, bytes);
    return new String(bytes, SystemLoader.NAMES);
  }
}
