package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.compare.Report.CrossoverLine;
import dev.lockstep.bench.compare.Row.Beyond;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.statistics.Crossover.Crossing;
import dev.lockstep.bench.statistics.Crossover.Side;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.Inference;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes a comparison as JSON. */
final class CompareJson {

  private CompareJson() {}

  static ObjectNode of(Report report, int exitCode) {
    ObjectNode json = Document.COMPARE.begin();
    arm(json.putObject("a"), report.arms().a());
    arm(json.putObject("b"), report.arms().b());
    json.put("level", report.level().name().toLowerCase(Locale.ROOT));
    json.put("confidence", Inference.CONFIDENCE);
    json.putObject("noise-floor")
        .put("difference", report.floor().difference())
        .put("comparisons", report.floor().comparisons());
    ArrayNode rows = json.putArray("rows");
    for (Row row : report.rows()) {
      ObjectNode node = rows.addObject();
      row(node, row);
      if (report.limit().isPresent()) {
        node.put("ratio-beyond-limit", row.beyond().name());
      }
    }
    ArrayNode crossovers = json.putArray("crossovers");
    report.crossovers().forEach(line -> crossover(crossovers.addObject(), line));
    report.leftOut().forEach(json.putArray("left-out")::add);
    report.differences().forEach(json.putArray("surroundings-that-differ")::add);
    report.limit().ifPresent(limit -> json.put("fail-if-slower", limit));
    ArrayNode beyond = json.putArray("slower-than-allowed");
    report.rows(Beyond.SHOWN).forEach(row -> beyond.add(row.of().toString()));
    ArrayNode perhaps = json.putArray("could-be-slower-than-allowed");
    report.rows(Beyond.UNDECIDED).forEach(row -> perhaps.add(CompareText.perhaps(row)));
    json.put("fail-if-undecided", report.undecided() == Report.Undecided.FAIL);
    report.baseline().ifPresent(judged -> json.set("baseline", judged.json()));
    json.put("exit-code", exitCode);
    return json;
  }

  private static void arm(ObjectNode json, Arm arm) {
    json.put("run", arm.run().name());
    json.put("complete", arm.run().complete());
    if (!arm.axis().isEmpty()) {
      json.put(arm.axis(), arm.value());
    }
  }

  private static void of(ObjectNode json, Case of) {
    json.put("harness", of.harness());
    of.axes().forEach(json.putObject("axes")::put);
  }

  private static void row(ObjectNode json, Row row) {
    of(json, row.of());
    estimate(json.putObject("a-ns"), row.a());
    estimate(json.putObject("b-ns"), row.b());
    json.put("a-forks", row.forks().a());
    json.put("b-forks", row.forks().b());
    estimate(json.putObject("ratio"), row.ratio());
    json.put("p-difference", row.judgement().difference());
    json.put("p-sameness", row.judgement().sameness());
    json.put("verdict", row.judgement().verdict().name());
    json.put("ground", row.judgement().ground().name());
  }

  private static void estimate(ObjectNode json, Estimate estimate) {
    json.put("value", estimate.value());
    estimate
        .interval(Inference.CONFIDENCE)
        .ifPresent(
            interval -> {
              json.put("lower", interval.lower());
              end(json, "upper", interval.upper());
            });
    json.put("method", estimate.method().label());
  }

  private static void crossover(ObjectNode json, CrossoverLine line) {
    of(json, line.of());
    json.put("smallest-width", line.smallest());
    json.put("largest-width", line.largest());
    ArrayNode crossings = json.putArray("crossings");
    for (Crossing crossing : line.crossover().crossings()) {
      ObjectNode node = crossings.addObject();
      node.put("width", crossing.width());
      node.put("located", crossing.isLocated());
      node.put("faster-above", crossing.fasterAbove() == Side.SUBJECT ? "b" : "a");
      crossing
          .interval()
          .ifPresent(
              interval -> {
                if (interval.lower() > 0) {
                  node.put("lower", interval.lower());
                }
                end(node, "upper", interval.upper());
              });
    }
  }

  /** Adds the end of an interval; an infinite end is left out because JSON has no infinities. */
  private static void end(ObjectNode json, String name, double value) {
    if (Double.isFinite(value)) {
      json.put(name, value);
    }
  }
}
