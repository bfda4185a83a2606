package dev.lockstep.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
    int outermost = 0;
    Map<String, Long> caches = new HashMap<>();
    try {
      for (Path cpu : children(machine.processors(), "cpu[0-9]+")) {
        Path cache = cpu.resolve("cache");
        if (!Files.isDirectory(cache)) {
          continue;
        }
        for (Path index : children(cache, "index[0-9]+")) {
          String level = line(index, "level");
          OptionalLong bytes = bytes(line(index, "size"));
          if (bytes.isEmpty() || !NUMBER.matcher(level).matches()) {
            continue;
          }
          if (Integer.parseInt(level) > outermost) {
            outermost = Integer.parseInt(level);
            caches.clear();
          }
          if (Integer.parseInt(level) == outermost) {
            caches.put(line(index, "shared_cpu_list"), bytes.getAsLong());
          }
        }
      }
    } catch (IOException e) {
      return Optional.empty(); // some or all of the files are hidden from this process
    }
    return caches.values().stream()
        .max(Long::compare)
        .map(largest -> new LastLevelCache(largest, caches.size()));
  }

  private static List<Path> children(Path folder, String name) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(child -> child.getFileName().toString().matches(name)).toList();
    }
  }

  private static String line(Path index, String file) throws IOException {
    return Files.readString(index.resolve(file)).strip();
  }

  /** The bytes of a size such as {@code 32768K}; empty if the text is no size. */
  private static OptionalLong bytes(String text) {
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(size.group(1));
    return OptionalLong.of(
        switch (size.group(2)) {
          case "K" -> number << 10;
          case "M" -> number << 20;
          case "G" -> number << 30;
          default -> number;
        });
  }
}
