package dev.lockstep.bench.sensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The processors' clocks, from Linux's {@code /sys/devices/system/cpu/cpuN/cpufreq}. */
final class CpuFrequency {
  private final Path cpus;

  /**
   * @param sys the folder {@code /sys}
   */
  CpuFrequency(Path sys) {
    cpus = sys.resolve("devices/system/cpu");
  }

  /** The frequency governor, such as {@code performance}; all of them if processors differ. */
  Reading governor() throws NotReadableException {
    return new Reading.Word(String.join(", ", new TreeSet<>(lines("scaling_governor"))));
  }

  /** The mean clock of all processors now, in MHz. */
  Reading clock() throws NotReadableException {
    List<String> kilohertz = lines("scaling_cur_freq");
    try {
      double mean = kilohertz.stream().mapToLong(Long::parseLong).average().orElseThrow();
      return new Reading.Quantity(Math.rint(mean * 1e-3), "MHz");
    } catch (NumberFormatException e) {
      throw new NotReadableException("scaling_cur_freq is not a number: " + kilohertz);
    }
  }

  private List<String> lines(String file) throws NotReadableException {
    try (Stream<Path> all = Files.list(cpus)) {
      List<Path> files =
          all.filter(cpu -> cpu.getFileName().toString().matches("cpu[0-9]+"))
              .map(cpu -> cpu.resolve("cpufreq").resolve(file))
              .filter(Files::exists)
              .toList();
      if (files.isEmpty()) {
        throw new NotReadableException("Linux does not scale the processors' clocks here");
      }
      List<String> lines = new ArrayList<>();
      for (Path one : files) {
        lines.add(Files.readString(one).strip());
      }
      return lines;
    } catch (IOException e) {
      throw new NotReadableException(file + " cannot be read");
    }
  }
}
