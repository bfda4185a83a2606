package dev.lockstep.bench.sensors;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Energy of the processor's packages (cores, caches and memory controllers; not the memory), as
 * Intel and AMD processors count it ("running average power limit") and Linux shows it in {@code
 * /sys/class/powercap/intel-rapl:N}. Since 2020 only root may read it by default.
 */
final class Rapl implements EnergyCounter {
  private final List<Path> packages;
  private final long[] ranges;

  private Rapl(List<Path> packages, long[] ranges) {
    this.packages = packages;
    this.ranges = ranges;
  }

  /**
   * Of the machine that a folder describes.
   *
   * @param sys {@code /sys}
   */
  static Rapl below(Path sys) throws NotReadableException {
    Path zones = sys.resolve("class/powercap");
    if (!Files.isDirectory(zones)) {
      throw new NotReadableException("Linux shows no powercap zones here");
    }
    try (Stream<Path> all = Files.list(zones)) {
      List<Path> packages =
          all.filter(zone -> zone.getFileName().toString().matches("intel-rapl:[0-9]+"))
              .filter(zone -> Files.exists(zone.resolve("energy_uj")))
              .sorted()
              .toList();
      long[] ranges = new long[packages.size()];
      int count = 0;
      List<Path> counted = new ArrayList<>();
      for (Path zone : packages) {
        if (text(zone, "name").startsWith("package")) {
          counted.add(zone);
          ranges[count++] = number(zone, "max_energy_range_uj");
        }
      }
      if (count == 0) {
        throw new NotReadableException("the processor shows no energy of a package");
      }
      Rapl found = new Rapl(List.copyOf(counted), LongStream.of(ranges).limit(count).toArray());
      found.microjoules();
      return found;
    } catch (IOException e) {
      throw new NotReadableException("powercap zones cannot be listed");
    }
  }

  @Override
  public long[] microjoules() throws NotReadableException {
    long[] parts = new long[packages.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = number(packages.get(i), "energy_uj");
    }
    return parts;
  }

  @Override
  public long[] ranges() {
    return ranges.clone();
  }

  private static long number(Path zone, String file) throws NotReadableException {
    String text = text(zone, file);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new NotReadableException(
          String.format(
              Locale.ROOT, "%s of %s is not a number: %s", file, zone.getFileName(), text));
    }
  }

  private static String text(Path zone, String file) throws NotReadableException {
    try {
      return Files.readString(zone.resolve(file)).strip();
    } catch (AccessDeniedException e) {
      throw new NotReadableException(
          String.format(
              Locale.ROOT,
              "no permission to read %s of %s (only root has it by default)",
              file,
              zone.getFileName()));
    } catch (IOException e) {
      throw new NotReadableException(
          String.format(Locale.ROOT, "%s of %s cannot be read", file, zone.getFileName()));
    }
  }
}
