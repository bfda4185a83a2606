package dev.lockstep.cpu;

import dev.lockstep.model.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processor's outermost caches, as Linux describes them below {@code /sys/devices/system/cpu}.
 *
 * @param bytes of one of them
 * @param count how many there are: processors share one, in groups
 */
record LastLevelCache(long bytes, int count) {
  private static final Path CPUS = Path.of("/sys/devices/system/cpu");

  /** What so many threads can fill, each on a processor with a cache of its own if there is one. */
  long reachableBy(int threads) {
    return bytes * Math.min(threads, count);
  }

  /**
   * Of this machine.
   *
   * @throws InputException if it does not say
   */
  static LastLevelCache ofThisMachine() {
    return below(CPUS);
  }

  /** Of the machine that a folder describes. */
  static LastLevelCache below(Path cpus) {
    int outermost = 0;
    Map<String, Long> caches = new HashMap<>();
    try {
      for (Path cpu : children(cpus, "cpu[0-9]+")) {
        Path cache = cpu.resolve("cache");
        if (!Files.isDirectory(cache)) {
          continue;
        }
        for (Path index : children(cache, "index[0-9]+")) {
          int level = Integer.parseInt(line(index, "level"));
          if (level > outermost) {
            outermost = level;
            caches.clear();
          }
          if (level == outermost) {
            caches.put(line(index, "shared_cpu_list"), bytes(line(index, "size")));
          }
        }
      }
    } catch (IOException e) {
      throw InputException.unreadable(cpus, e);
    }
    if (caches.isEmpty()) {
      throw new InputException(
          cpus.toString(), "cache", "not described", "so that no array is known not to lie in it");
    }
    return new LastLevelCache(
        caches.values().stream().mapToLong(Long::longValue).max().orElseThrow(), caches.size());
  }

  private static List<Path> children(Path folder, String name) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(child -> child.getFileName().toString().matches(name)).toList();
    }
  }

  private static String line(Path index, String file) throws IOException {
    return Files.readString(index.resolve(file)).strip();
  }

  /** Such as {@code 32768K}. */
  private static long bytes(String size) {
    if (!size.matches("[0-9]+[KMG]?")) {
      throw new InputException(CPUS.toString(), "size of a cache", size, "expected such as 32768K");
    }
    long number = Long.parseLong(size.replaceAll("[KMG]", ""));
    return switch (size.charAt(size.length() - 1)) {
      case 'K' -> number << 10;
      case 'M' -> number << 20;
      case 'G' -> number << 30;
      default -> number;
    };
  }
}
