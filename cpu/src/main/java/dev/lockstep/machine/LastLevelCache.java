package dev.lockstep.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The processor's outermost caches, as Linux describes them below {@code /sys/devices/system/cpu}.
 *
 * @param bytes the size of one cache
 * @param count the number of such caches, each shared by a group of processors
 */
public record LastLevelCache(long bytes, int count) {

  /** The message for when {@link #of} finds no caches. */
  public static final String UNKNOWN =
      "the caches are not described below /sys/devices/system/cpu, so it is unknown which arrays"
          + " are too large for them";

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([KMG]?)");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");

  /**
   * The bytes of cache that a number of threads can fill, if each runs on a processor of its own.
   */
  public long reachableBy(int threads) {
    return bytes * Math.min(threads, count);
  }

  /**
   * The caches of a machine; empty if Linux does not describe them, as on many virtual machines.
   */
  public static Optional<LastLevelCache> of(Linux machine) {
    NavigableMap<Integer, Map<String, Long>> levels = new TreeMap<>();
    try {
      for (Path cpu : Linux.children(machine.processors(), "cpu[0-9]+")) {
        Path cache = cpu.resolve("cache");
        if (!Files.isDirectory(cache)) {
          continue;
        }
        for (Path index : Linux.children(cache, "index[0-9]+")) {
          String level = line(index, "level");
          Matcher size = SIZE.matcher(line(index, "size"));
          if (size.matches() && NUMBER.matcher(level).matches()) {
            levels
                .computeIfAbsent(Integer.valueOf(level), _ -> new HashMap<>())
                .put(line(index, "shared_cpu_list"), bytes(size));
          }
        }
      }
    } catch (IOException e) {
      return Optional.empty(); // some or all of the files are hidden from this process
    }
    return Optional.ofNullable(levels.lastEntry())
        .map(Map.Entry::getValue)
        .map(caches -> new LastLevelCache(Collections.max(caches.values()), caches.size()));
  }

  private static String line(Path index, String file) throws IOException {
    return Files.readString(index.resolve(file)).strip();
  }

  /** The bytes of a size such as {@code 32768K}. */
  private static long bytes(Matcher size) {
    return Long.parseLong(size.group(1)) << 10 * " KMG".indexOf(size.group(2));
  }
}
