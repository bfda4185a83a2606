package dev.lockstep.bench.timing;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Timed.Times;
import dev.lockstep.bench.terminal.Table;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.Median;
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
 * @param ownClock what the clock is called that windows were timed by beside the host's
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
    String ownClock,
    List<Sample> samples,
    double work) {

  /**
   * One window.
   *
   * @param calls in it
   * @param times of all of them
   */
  public record Sample(int calls, Times times) {}

  public Measurement {
    samples = List.copyOf(samples);
    if (verdict != Verdict.AGREES && !samples.isEmpty()) {
      throw new IllegalArgumentException("numbers of what was not verified: " + what);
    }
  }

  /** Of what could not be run or verified. */
  static Measurement without(
      String kind, String backend, String what, Verdict verdict, String reason) {
    return new Measurement(kind, backend, what, verdict, reason, 0, "", List.of(), 0);
  }

  /** The median of the windows' wall-clock milliseconds a call. */
  public double wall() {
    return median(sample -> sample.times().wall());
  }

  /** The same by the own clock of a device or a program, if there is one. */
  public OptionalDouble own() {
    return samples.stream().allMatch(sample -> sample.times().own().isPresent())
        ? OptionalDouble.of(median(sample -> sample.times().own().getAsDouble()))
        : OptionalDouble.empty();
  }

  private double median(ToDoubleFunction<Sample> times) {
    return Median.withDefaults()
        .evaluate(
            samples.stream()
                .mapToDouble(sample -> times.applyAsDouble(sample) / sample.calls())
                .toArray());
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
    OptionalDouble own = own();
    double best = own.orElse(wall());
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
        milliseconds("%.4f ms", wall()),
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
      json.put("median-wall-ms", wall());
      own().ifPresent(median -> json.put("median-" + ownClock + "-ms", median));
      json.put("work", work);
      ArrayNode windows = json.putArray("windows");
      for (Sample sample : samples) {
        ObjectNode window = windows.addObject();
        window.put("calls", sample.calls());
        window.put("wall-ms-a-call", sample.times().wall() / sample.calls());
        sample
            .times()
            .own()
            .ifPresent(time -> window.put(ownClock + "-ms-a-call", time / sample.calls()));
      }
    }
    return json;
  }
}
