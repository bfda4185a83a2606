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
 * The result of timing a step, a product or a transfer.
 *
 * @param kind step, product or transfer
 * @param backend the backend's name
 * @param what description such as {@code 64-1024-1024-10 tanh, batch 128, graph}
 * @param verdict AGREES, or why there is no time
 * @param reason the verifications, or why there is no time
 * @param firstCallMilliseconds the host's time for opening the work and for the first call
 * @param ownClock name of the clock that timed the windows in addition to the host's
 * @param samples one sample for each window; empty unless the verdict is AGREES
 * @param work floating-point operations or, for transfers, bytes of a call; 0 if no rate is
 *     reported
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
   * @param calls number of calls in the window
   * @param times time of all calls together
   */
  public record Sample(int calls, Times times) {}

  public Measurement {
    samples = List.copyOf(samples);
    if (verdict != Verdict.AGREES && !samples.isEmpty()) {
      throw new IllegalArgumentException("numbers of what was not verified: " + what);
    }
  }

  /** Returns a measurement without times, of work that could not be run or verified. */
  static Measurement without(
      String kind, String backend, String what, Verdict verdict, String reason) {
    return new Measurement(kind, backend, what, verdict, reason, 0, "", List.of(), 0);
  }

  /** Returns the median over the windows of the wall-clock milliseconds per call. */
  public double wall() {
    return median(sample -> sample.times().wall());
  }

  /**
   * Returns the median over the windows of the milliseconds per call by the clock of a device or a
   * program, if there is one.
   */
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

  /** Returns a table with one row for each measurement: its times, or why there are none. */
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

  /** Returns the measurement as JSON. */
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
