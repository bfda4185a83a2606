package dev.lockstep.bench.check;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Tier;
import dev.lockstep.bench.Candidate;
import dev.lockstep.scenario.ScenarioFile;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A check's results as a file for programs: JSON. */
final class CheckJson {

  private static final int SCHEMA = 1;

  private CheckJson() {}

  /** The report as a tree. */
  static ObjectNode of(CheckReport report, int exitCode) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", SCHEMA);
    json.put("verdict", report.verdict().name());
    json.put("exit-code", exitCode);
    remarks(json.putArray("faults"), report.faults());
    report.advice().sentence().ifPresent(advice -> json.put("advice", advice));
    report.notShown().forEach(json.putArray("not-shown")::add);
    remarks(json.putArray("findings"), report.findings());
    json.put("cuda", report.cuda().name());
    ArrayNode backends = json.putArray("backends");
    for (Candidate backend : report.chosen()) {
      ObjectNode node = backends.addObject();
      node.put("name", backend.name());
      node.put("kind", backend.kind().label());
      node.put("availability", backend.verdict().orElse("AVAILABLE"));
      node.put("hardware", backend.hardware().name());
    }
    ObjectNode exactData = json.putObject("exact-data");
    ArrayNode products = exactData.putArray("outcomes");
    for (ExactData.Result result : report.exactData().results()) {
      products.addObject().put("backend", result.backend()).setAll(of(result.agreement()));
    }
    interruptions(exactData, report.exactData().interruptions());
    ObjectNode zeroStart = json.putObject("zero-weights");
    ArrayNode started = zeroStart.putArray("outcomes");
    for (ZeroStart.Result result : report.zeroStart().results()) {
      ObjectNode node = started.addObject();
      node.put("backend", result.backend());
      node.put("verdict", result.verdict().name());
      node.put("reason", result.reason());
    }
    interruptions(zeroStart, report.zeroStart().interruptions());
    ArrayNode cells = json.putArray("cells");
    for (CellResult result : report.results()) {
      ObjectNode cell = cells.addObject();
      cell.put("name", result.cell().name());
      cell.put("network", result.network().toString());
      cell.set("scenario", ScenarioFile.json(result.scenario()));
      if (result.narrowAccuracy() != null) {
        cell.put("one-unit-test-accuracy", result.narrowAccuracy());
      }
      ArrayNode outcomes = cell.putArray("outcomes");
      result.outcomes().forEach(outcome -> outcomes.add(of(outcome)));
      interruptions(cell, result.interruptions());
    }
    return json;
  }

  private static void remarks(ArrayNode array, List<CheckReport.Remark> remarks) {
    remarks.forEach(remark -> array.add(remark.toString()));
  }

  private static ObjectNode of(Outcome outcome) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("backend", outcome.backend());
    node.put("verdict", outcome.verdict().name());
    outcome.complaint().ifPresent(complaint -> node.put("complaint", complaint));
    outcome.finding().ifPresent(finding -> node.put("finding", finding));
    if (outcome.split() != null) {
      node.put("finding", "UNIT CLASSES SPLIT (library order) " + outcome.split());
    }
    node.put("steps", outcome.steps());
    node.put("lockstep", outcome.lockstep().toString());
    spread(node.putObject("after-first-step"), outcome.atFirst());
    spread(node.putObject("after-last-step"), outcome.atLast());
    ArrayNode agreements = node.putArray("agreements");
    outcome.agreements().forEach(agreement -> agreements.add(of(agreement)));
    node.put("test-accuracy", outcome.evaluation().accuracy());
    node.put("test-loss", number(outcome.evaluation().loss()));
    node.put("seconds", outcome.seconds());
    return node;
  }

  private static ObjectNode of(Agreement agreement) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("tier", agreement.tier().label());
    node.put("verdict", agreement.verdict().name());
    node.put(
        agreement.tier() == Tier.EXACT_DATA ? "products-compared" : "steps-compared",
        agreement.steps());
    node.put("share-of-bound", number(agreement.share()));
    node.put("reason", agreement.reason());
    Difference difference = agreement.difference();
    if (difference != null) {
      node.put("difference", difference.toString());
    }
    return node;
  }

  private static void interruptions(ObjectNode node, List<Interruption> interruptions) {
    ArrayNode array = node.putArray("interruptions");
    for (Interruption interruption : interruptions) {
      ObjectNode child = array.addObject();
      child.put("backend", interruption.backend());
      child.put("verdict", interruption.verdict().name());
      child.put("when", interruption.when());
      child.put("reason", interruption.reason());
    }
  }

  private static void spread(ObjectNode node, Spread spread) {
    node.put("units", spread.units());
    node.put("classes", spread.classes());
    node.put("relative-spread", number(spread.relativeSpread()));
  }

  /** Text, because JSON has no infinities. */
  private static String number(double value) {
    return Double.toString(value);
  }
}
