package dev.lockstep.bench.results;

import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.harness.OwnClockProfiler;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The times in a file of JMH's JSON format with one benchmark of one fork.
 *
 * @param nanoseconds time per call by the host's clock, one element per iteration
 * @param deviceNanoseconds time per call by the device's events; empty without a device
 * @param programNanoseconds time per call by a program's own clock; empty without such a clock
 */
public record JmhFile(
    List<Double> nanoseconds, List<Double> deviceNanoseconds, List<Double> programNanoseconds) {
  private static final String UNIT = "ns/op";

  /**
   * Reads a file.
   *
   * @throws InputException if the file is missing, damaged or of another form
   */
  public static JmhFile read(Path file) {
    JsonNode benchmarks = JsonFile.tree(file);
    if (!benchmarks.isArray() || benchmarks.size() != 1) {
      throw new InputException(
          file.toString(), "number of benchmarks", benchmarks.size(), "expected 1");
    }
    JsonNode primary = benchmarks.get(0).path("primaryMetric");
    String unit = primary.path("scoreUnit").asString("");
    if (!unit.equals(UNIT)) {
      throw new InputException(file.toString(), "scoreUnit", unit, "expected " + UNIT);
    }
    JsonNode others = benchmarks.get(0).path("secondaryMetrics");
    return new JmhFile(
        oneFork(file, primary.path("rawData")),
        beside(file, others, OwnClockProfiler.DEVICE),
        beside(file, others, OwnClockProfiler.PROGRAM));
  }

  private static List<Double> beside(Path file, JsonNode others, String clock) {
    JsonNode rawData = others.path(clock).path("rawData");
    return rawData.isMissingNode() ? List.of() : oneFork(file, rawData);
  }

  private static List<Double> oneFork(Path file, JsonNode rawData) {
    if (!rawData.isArray() || rawData.size() != 1 || rawData.get(0).isEmpty()) {
      throw new InputException(
          file.toString(), "rawData", rawData, "expected one fork with at least one iteration");
    }
    List<Double> times = new ArrayList<>();
    for (JsonNode time : rawData.get(0)) {
      if (!time.isNumber() || !(time.doubleValue() > 0 && Double.isFinite(time.doubleValue()))) {
        throw new InputException(file.toString(), "rawData", time, "expected times above 0");
      }
      times.add(time.doubleValue());
    }
    return times;
  }
}
