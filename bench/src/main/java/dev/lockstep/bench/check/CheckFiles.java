package dev.lockstep.bench.check;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.Candidate;
import dev.lockstep.model.AtomicFile;
import dev.lockstep.scenario.ScenarioFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A check's results as files for programs: JSON, and the JUnit XML that CI servers read. */
final class CheckFiles {

  private static final int SCHEMA = 1;

  private CheckFiles() {}

  /** Writes everything; the file appears whole or not at all. */
  static void json(Path file, CheckReport report) {
    byte[] text =
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(of(report));
    AtomicFile.write(file, out -> out.write(text));
  }

  private static ObjectNode of(CheckReport report) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", SCHEMA);
    json.put("verdict", report.verdict().name());
    json.put("exit-code", report.exitCode());
    report.faults().forEach(json.putArray("faults")::add);
    ArrayNode backends = json.putArray("backends");
    for (Candidate backend : report.chosen()) {
      ObjectNode node = backends.addObject();
      node.put("name", backend.name());
      node.put("kind", backend.kind().label());
      node.put("availability", backend.verdict().orElse("AVAILABLE"));
    }
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
    }
    return json;
  }

  private static ObjectNode of(Outcome outcome) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("backend", outcome.backend());
    node.put("verdict", outcome.verdict().name());
    outcome.complaint().ifPresent(complaint -> node.put("complaint", complaint));
    node.put("steps", outcome.steps());
    node.put("lockstep", outcome.lockstep().toString());
    spread(node.putObject("after-first-step"), outcome.atFirst());
    spread(node.putObject("after-last-step"), outcome.atLast());
    ArrayNode agreements = node.putArray("agreements");
    for (Agreement agreement : outcome.agreements()) {
      ObjectNode child = agreements.addObject();
      child.put("tier", agreement.tier().label());
      child.put("verdict", agreement.verdict().name());
      child.put("steps-compared", agreement.steps());
      child.put("share-of-bound", number(agreement.share()));
      child.put("reason", agreement.reason());
      Difference difference = agreement.difference();
      if (difference != null) {
        child.put("difference", difference.toString());
      }
    }
    node.put("test-accuracy", outcome.evaluation().accuracy());
    node.put("test-loss", number(outcome.evaluation().loss()));
    node.put("seconds", outcome.seconds());
    return node;
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

  /** Writes one test case a cell and backend; a backend that cannot run is skipped, not passed. */
  static void junit(Path file, CheckReport report) {
    AtomicFile.write(
        file,
        out -> {
          try {
            write(out, report);
          } catch (XMLStreamException e) {
            throw e.getNestedException() instanceof IOException io ? io : new IOException(e);
          }
        });
  }

  private static void write(OutputStream out, CheckReport report) throws XMLStreamException {
    List<CellResult> results = report.results();
    List<Outcome> outcomes = results.stream().flatMap(r -> r.outcomes().stream()).toList();
    long failures = outcomes.stream().filter(o -> o.verdict() != Verdict.AGREES).count();
    long missing = report.chosen().stream().filter(b -> !b.available()).count();
    long skipped = missing * results.size();
    XMLStreamWriter xml =
        XMLOutputFactory.newFactory().createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
    xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", "lockstep check");
    xml.writeAttribute("tests", Long.toString(outcomes.size() + skipped));
    xml.writeAttribute("failures", Long.toString(failures));
    xml.writeAttribute("errors", "0");
    xml.writeAttribute("skipped", Long.toString(skipped));
    for (CellResult result : results) {
      for (Candidate backend : report.chosen()) {
        testCase(xml, result, backend);
      }
    }
    xml.writeEndElement();
    xml.writeEndDocument();
    xml.close();
  }

  private static void testCase(XMLStreamWriter xml, CellResult result, Candidate backend)
      throws XMLStreamException {
    Optional<Outcome> outcome =
        result.outcomes().stream().filter(o -> o.backend().equals(backend.name())).findFirst();
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "lockstep." + backend.name());
    xml.writeAttribute("name", result.cell().name());
    xml.writeAttribute(
        "time", String.format(Locale.ROOT, "%.3f", outcome.map(Outcome::seconds).orElse(0.0)));
    if (!backend.available()) {
      xml.writeStartElement("skipped");
      xml.writeAttribute("message", backend.verdict().orElseThrow());
      xml.writeEndElement();
    }
    if (outcome.isPresent() && outcome.get().complaint().isPresent()) {
      xml.writeStartElement("failure");
      xml.writeAttribute("message", outcome.get().complaint().get());
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }
}
