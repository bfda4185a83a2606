package dev.lockstep.bench.results;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.external.Programs;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.harness.OwnClockProfiler;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.util.ListStatistics;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One fork of a benchmark, as JMH describes it in its JSON format.
 *
 * @param description what JMH says beside the numbers: names, parameters, the JVM and its options
 * @param primary time per call by the host's clock
 * @param others secondary results by name, such as a second clock and energy
 */
public record JmhBenchmark(ObjectNode description, Series primary, Map<String, Series> others) {

  private static final String UNIT = "ns/op";
  private static final String PRIMARY = "primaryMetric";
  private static final String SECONDARY = "secondaryMetrics";
  private static final String FORKS = "forks";
  private static final String PARAMETERS = "params";
  private static final String RAW = "rawData";
  private static final String SCORE_UNIT = "scoreUnit";

  /** The confidence of JMH's errors and intervals. */
  private static final double CONFIDENCE = 0.999;

  private static final double[] PERCENTILES = {
    0, 50, 90, 95, 99, 99.9, 99.99, 99.999, 99.9999, 100
  };

  /** Values of one quantity, an element for each iteration. */
  public record Series(String unit, List<Double> values) {
    /** Copies the values. */
    public Series {
      values = List.copyOf(values);
    }
  }

  /**
   * Reads the file that JMH writes of a benchmark with one fork. Folders and the commands of
   * programs are left out of the description.
   *
   * @throws InputException if the file is missing, damaged or of another form
   */
  public static JmhBenchmark read(Path file) {
    JsonNode benchmarks = JsonFile.tree(file);
    if (!benchmarks.isArray() || benchmarks.size() != 1) {
      throw new InputException(
          file.toString(), "number of benchmarks", benchmarks.size(), "expected 1");
    }
    return split(file.toString(), PathFree.tree(withoutPrograms(benchmarks.get(0)))).getFirst();
  }

  /** Removes the JVM option with the commands of programs. */
  private static JsonNode withoutPrograms(JsonNode benchmark) {
    if (benchmark.path("jvmArgs") instanceof ArrayNode options) {
      options.removeIf(option -> option.asString("").startsWith("-D" + Programs.PROPERTY + "="));
    }
    return benchmark;
  }

  /** Nanoseconds per call by the device's events; empty without a device. */
  public List<Double> deviceNanoseconds() {
    return beside(OwnClockProfiler.DEVICE);
  }

  /** Nanoseconds per call by a program's own clock; empty without such a clock. */
  public List<Double> programNanoseconds() {
    return beside(OwnClockProfiler.PROGRAM);
  }

  private List<Double> beside(String clock) {
    Series series = others.get(clock);
    return series == null ? List.of() : series.values();
  }

  /**
   * Describes all forks of a case as JMH does, so that its readers take them for one benchmark. The
   * description is the first fork's; a secondary result is left out unless every fork has it. The
   * build, which JMH does not know, becomes a parameter: readers tell benchmarks apart by these.
   */
  static ObjectNode merged(Case of, List<JmhBenchmark> forks) {
    JmhBenchmark first = forks.getFirst();
    ObjectNode merged = first.description.deepCopy();
    of.axis(Axis.BUILD)
        .ifPresent(build -> merged.withObjectProperty(PARAMETERS).put(Axis.BUILD, build));
    merged.put(FORKS, forks.size());
    merged.set(PRIMARY, metric(forks.stream().map(JmhBenchmark::primary).toList()));
    ObjectNode secondary = merged.putObject(SECONDARY);
    for (String name : first.others.keySet()) {
      if (forks.stream().allMatch(fork -> fork.others.containsKey(name))) {
        secondary.set(name, metric(forks.stream().map(fork -> fork.others.get(name)).toList()));
      }
    }
    return merged;
  }

  private static ObjectNode metric(List<Series> forks) {
    ListStatistics statistics = new ListStatistics();
    ArrayNode raw = JsonMapper.shared().createArrayNode();
    for (Series fork : forks) {
      ArrayNode row = raw.addArray();
      for (double value : fork.values()) {
        row.add(value);
        statistics.addValue(value);
      }
    }
    ObjectNode metric = JsonMapper.shared().createObjectNode();
    number(metric, "score", statistics.getMean());
    number(metric, "scoreError", statistics.getMeanErrorAt(CONFIDENCE));
    ArrayNode confidence = metric.putArray("scoreConfidence");
    for (double end : statistics.getConfidenceIntervalAt(CONFIDENCE)) {
      if (Double.isFinite(end)) {
        confidence.add(end);
      } else {
        confidence.add("NaN");
      }
    }
    ObjectNode percentiles = metric.putObject("scorePercentiles");
    for (double percentile : PERCENTILES) {
      percentiles.put(String.valueOf(percentile), statistics.getPercentile(percentile));
    }
    metric.put(SCORE_UNIT, forks.getFirst().unit());
    metric.set(RAW, raw);
    return metric;
  }

  /** JMH writes what is not a number as text. */
  private static void number(ObjectNode metric, String name, double value) {
    if (Double.isFinite(value)) {
      metric.put(name, value);
    } else {
      metric.put(name, "NaN");
    }
  }

  /**
   * Undoes {@link #merged}.
   *
   * @param source the file, for messages
   * @throws InputException if a field is missing or of another form
   */
  static List<JmhBenchmark> split(String source, JsonNode merged) {
    if (!(merged instanceof ObjectNode benchmark)) {
      throw new InputException(source, "benchmark", merged.getNodeType(), "expected an object");
    }
    List<Series> primary = series(source, PRIMARY, benchmark.path(PRIMARY));
    if (!primary.getFirst().unit().equals(UNIT)) {
      throw new InputException(source, SCORE_UNIT, primary.getFirst().unit(), "expected " + UNIT);
    }
    Map<String, List<Series>> others = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> other : benchmark.path(SECONDARY).properties()) {
      List<Series> all = series(source, other.getKey(), other.getValue());
      if (all.size() != primary.size()) {
        throw new InputException(
            source, other.getKey(), all.size(), "expected a list for each fork");
      }
      others.put(other.getKey(), all);
    }
    ObjectNode description = benchmark.deepCopy();
    description.remove(List.of(FORKS, PRIMARY, SECONDARY));
    List<JmhBenchmark> forks = new ArrayList<>();
    for (int fork = 0; fork < primary.size(); fork++) {
      Map<String, Series> beside = new LinkedHashMap<>();
      for (Map.Entry<String, List<Series>> other : others.entrySet()) {
        beside.put(other.getKey(), other.getValue().get(fork));
      }
      forks.add(new JmhBenchmark(description, primary.get(fork), beside));
    }
    return forks;
  }

  private static List<Series> series(String source, String name, JsonNode metric) {
    JsonNode raw = metric.path(RAW);
    if (!raw.isArray() || raw.isEmpty() || raw.size() > RunPlan.MOST_FORKS) {
      throw new InputException(source, name, raw, "expected " + RAW + " with a list for each fork");
    }
    String unit = metric.path(SCORE_UNIT).asString("");
    List<Series> all = new ArrayList<>();
    for (JsonNode row : raw) {
      if (!row.isArray() || row.isEmpty() || row.size() > RunPlan.MOST_ITERATIONS) {
        throw new InputException(source, RAW, row, "expected at least one iteration");
      }
      List<Double> values = new ArrayList<>();
      for (JsonNode value : row) {
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
          throw new InputException(source, RAW, value, "expected numbers");
        }
        values.add(value.doubleValue());
      }
      all.add(new Series(unit, values));
    }
    return all;
  }
}
