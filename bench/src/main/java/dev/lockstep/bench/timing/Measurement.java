package dev.lockstep.bench.timing;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.terminal.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of timing one thing.
 *
 * @param kind step, product or transfer
 * @param backend its name
 * @param what such as {@code 64-1024-1024-10 tanh, batch 128, graph}
 * @param verdict AGREES, or why there is no number
 * @param reason what verified it, or what did not
 * @param firstCallMilliseconds of the host: all that comes before and with the first call, once
 * @param samples one a window; empty unless the verdict is AGREES
 * @param work floating-point operations of a call, or bytes; 0 if no rate is to be told
 */
public record Measurement(
    String kind,
    String backend,
    String what,
    Verdict verdict,
    String reason,
    double firstCallMilliseconds,
    List<Sample> samples,
    double work) {

  /**
   * One window.
   *
   * @param calls in it
   * @param deviceMilliseconds a call, by events; empty where there is no device
   * @param programMilliseconds a call, by a program's own clock; empty where there is none
   * @param wallMilliseconds a call, by the host's clock
   */
  public record Sample(
      int calls,
      OptionalDouble deviceMilliseconds,
      OptionalDouble programMilliseconds,
      double wallMilliseconds) {}

  public Measurement {
    samples = List.copyOf(samples);
    if (verdict != Verdict.AGREES && !samples.isEmpty()) {
      throw new IllegalArgumentException("numbers of what was not verified: " + what);
    }
  }

  /** Of what could not be run or verified. */
  static Measurement without(
      String kind, String backend, String what, Verdict verdict, String reason) {
    return new Measurement(kind, backend, what, verdict, reason, 0, List.of(), 0);
  }

  /** The median of the windows' wall-clock times a call. */
  public double wallMilliseconds() {
    return median(samples.stream().mapToDouble(Sample::wallMilliseconds).toArray());
  }

  /** The median of the windows' device times a call, if they were taken. */
  public OptionalDouble deviceMilliseconds() {
    return median(Sample::deviceMilliseconds);
  }

  /** The same of a program's own clock. */
  public OptionalDouble programMilliseconds() {
    return median(Sample::programMilliseconds);
  }

  private OptionalDouble median(Function<Sample, OptionalDouble> clock) {
    List<OptionalDouble> times = samples.stream().map(clock).toList();
    return times.isEmpty() || times.stream().anyMatch(OptionalDouble::isEmpty)
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            median(times.stream().mapToDouble(OptionalDouble::getAsDouble).toArray()));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** A row a measurement: its times, or why there are none. */
  public static Table table(List<Measurement> measurements) {
    Table table =
        new Table(
            3,
            List.of(
                Table.word("kind"),
                Table.word("backend"),
                Table.text("what"),
                Table.number("own clock"),
                Table.number("wall"),
                Table.number("first call"),
                Table.number("rate")));
    measurements.forEach(measurement -> measurement.addTo(table));
    return table;
  }

  private void addTo(Table table) {
    if (verdict != Verdict.AGREES) {
      table.row(kind, backend, what, verdict + "  " + reason);
      return;
    }
    OptionalDouble own = deviceMilliseconds();
    if (own.isEmpty()) {
      own = programMilliseconds();
    }
    double best = own.orElse(wallMilliseconds());
    String rate =
        work == 0
            ? "-"
            : String.format(
                Locale.ROOT,
                kind.equals("transfer") ? "%.1f GB/s" : "%.0f GFLOP/s",
                work / best * 1e-6);
    table.row(
        kind,
        backend,
        what,
        own.isPresent() ? milliseconds("%.4f ms", own.getAsDouble()) : "-",
        milliseconds("%.4f ms", wallMilliseconds()),
        milliseconds("%.0f ms", firstCallMilliseconds),
        rate);
  }

  private static String milliseconds(String format, double time) {
    return String.format(Locale.ROOT, format, time);
  }

  /** All of it. */
  public ObjectNode json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("kind", kind);
    json.put("backend", backend);
    json.put("what", what);
    json.put("verdict", verdict.name());
    json.put("reason", reason);
    if (verdict == Verdict.AGREES) {
      json.put("first-call-ms", firstCallMilliseconds);
      json.put("median-wall-ms", wallMilliseconds());
      deviceMilliseconds().ifPresent(median -> json.put("median-device-ms", median));
      programMilliseconds().ifPresent(median -> json.put("median-program-ms", median));
      json.put("work", work);
      ArrayNode windows = json.putArray("windows");
      for (Sample sample : samples) {
        ObjectNode window = windows.addObject();
        window.put("calls", sample.calls());
        window.put("wall-ms-a-call", sample.wallMilliseconds());
        sample.deviceMilliseconds().ifPresent(time -> window.put("device-ms-a-call", time));
        sample.programMilliseconds().ifPresent(time -> window.put("program-ms-a-call", time));
      }
    }
    return json;
  }
}
