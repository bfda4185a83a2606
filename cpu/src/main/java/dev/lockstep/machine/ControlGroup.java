package dev.lockstep.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The limits that control groups (versions 1 and 2) set to this process: those of its own group and
 * of all groups above it, of which the least holds.
 *
 * @param root the folder that holds {@code proc} and {@code sys}
 */
public record ControlGroup(Path root) {

  /** Version 1 writes a number near 2^63 where there is no limit. */
  private static final long UNLIMITED = 1L << 60;

  private static final String NONE = "none";

  /** The control group of this process. */
  public static ControlGroup ofThisProcess() {
    return new ControlGroup(Linux.here().root());
  }

  /** The least limit of memory, such as {@code 300 MiB}, or {@code none}. */
  public String memory() {
    OptionalLong least =
        folders("memory").stream()
            .flatMap(
                folder ->
                    Optional.of(folder.resolve("memory.max"))
                        .flatMap(ControlGroup::line)
                        .or(() -> line(folder.resolve("memory.limit_in_bytes")))
                        .stream())
            .filter(text -> text.matches("\\d{1,18}"))
            .mapToLong(Long::parseLong)
            .filter(bytes -> bytes < UNLIMITED)
            .min();
    return least.isEmpty() ? NONE : (least.getAsLong() >> 20) + " MiB";
  }

  /** The least limit of processor time, such as {@code 1.50 processors}, or {@code none}. */
  public String processors() {
    double least =
        folders("cpu").stream()
            .flatMapToDouble(folder -> quota(folder).stream().mapToDouble(x -> x))
            .min()
            .orElse(Double.POSITIVE_INFINITY);
    return Double.isInfinite(least) ? NONE : String.format(Locale.ROOT, "%.2f processors", least);
  }

  private static Optional<Double> quota(Path folder) {
    String[] both =
        line(folder.resolve("cpu.max"))
            .or(
                () ->
                    line(folder.resolve("cpu.cfs_quota_us"))
                        .flatMap(
                            quota ->
                                line(folder.resolve("cpu.cfs_period_us"))
                                    .map(period -> quota + " " + period)))
            .orElse("")
            .split(" ", -1);
    boolean numbers =
        both.length == 2 && Arrays.stream(both).allMatch(text -> text.matches("[1-9]\\d{0,15}"));
    return numbers
        ? Optional.of((double) Long.parseLong(both[0]) / Long.parseLong(both[1]))
        : Optional.empty();
  }

  /**
   * The folders of the process's groups in both versions, from its own up to the root. What /proc
   * calls the group's folder may lie outside what a container sees.
   */
  private List<Path> folders(String controller) {
    List<Path> folders = new ArrayList<>();
    Path groups = root.resolve("sys/fs/cgroup");
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3) {
        List<String> controllers = Arrays.asList(fields[1].split(",", -1));
        if (fields[1].isEmpty()) {
          addUpwards(folders, groups, fields[2]);
          addUpwards(folders, groups.resolve("unified"), fields[2]);
        } else if (controllers.contains(controller)) {
          addUpwards(folders, groups.resolve(controller), fields[2]);
        }
      }
    }
    return folders;
  }

  private static void addUpwards(List<Path> folders, Path mount, String group) {
    Path folder = mount.resolve(group.replaceFirst("^/+", "")).normalize();
    for (; folder.startsWith(mount) && !folder.equals(mount); folder = folder.resolveSibling("")) {
      folders.add(folder);
    }
    folders.add(mount);
  }

  private static Optional<String> line(Path file) {
    return lines(file).stream().findFirst().map(String::strip);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
