package dev.lockstep.bench.sensors;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The energy of the processor's packages (cores, caches and memory controllers, without the
 * memory). Intel and AMD processors count it (RAPL, "running average power limit"), and Linux
 * exposes it in {@code /sys/class/powercap/intel-rapl:N}. Since 2020 only root may read it by
 * default.
 */
final class Rapl implements EnergyCounter {
  private final List<Path> packages;
  private final long[] ranges;

  private Rapl(List<Path> packages, long[] ranges) {
    this.packages = packages;
    this.ranges = ranges;
  }

  /**
   * Finds the packages.
   *
   * @param sys the folder {@code /sys}
   * @throws NotReadableException if there is none, or its counter cannot be read
   */
  static Rapl below(Path sys) throws NotReadableException {
    Path zones = sys.resolve("class/powercap");
    if (!Files.isDirectory(zones)) {
      throw new NotReadableException("Linux shows no powercap zones here");
    }
    try (Stream<Path> all = Files.list(zones)) {
      List<Path> counters =
          all.filter(zone -> zone.getFileName().toString().matches("intel-rapl:[0-9]+"))
              .filter(zone -> Files.exists(zone.resolve("energy_uj")))
              .sorted()
              .toList();
      List<Path> packages = new ArrayList<>();
      for (Path zone : counters) {
        if (text(zone, "name").startsWith("package")) {
          packages.add(zone);
        }
      }
      if (packages.isEmpty()) {
        throw new NotReadableException("the processor shows no energy of a package");
      }
      Rapl found = new Rapl(packages, numbers(packages, "max_energy_range_uj"));
      found.microjoules();
      return found;
    } catch (IOException e) {
      throw new NotReadableException("powercap zones cannot be listed");
    }
  }

  @Override
  public long[] microjoules() throws NotReadableException {
    return numbers(packages, "energy_uj");
  }

  @Override
  public long[] ranges() {
    return ranges.clone();
  }

  private static long[] numbers(List<Path> zones, String file) throws NotReadableException {
    long[] numbers = new long[zones.size()];
    for (int i = 0; i < numbers.length; i++) {
      String text = text(zones.get(i), file);
      try {
        numbers[i] = Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new NotReadableException(
            file + " of " + zones.get(i).getFileName() + " is not a number: " + text);
      }
    }
    return numbers;
  }

  private static String text(Path zone, String file) throws NotReadableException {
    try {
      return Files.readString(zone.resolve(file)).strip();
    } catch (AccessDeniedException e) {
      throw new NotReadableException(
          "no permission to read "
              + file
              + " of "
              + zone.getFileName()
              + " (only root has it by default)");
    } catch (IOException e) {
      throw new NotReadableException(file + " of " + zone.getFileName() + " cannot be read");
    }
  }
}
