package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.Candidate;
import dev.lockstep.model.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A check's results as the JUnit XML that CI servers read: one test case a cell and backend, and
 * one a backend for exact data. What could not run is skipped, not passed; what broke down is an
 * error.
 */
final class CheckJunit {

  /** What the XML has an element for. */
  private enum Result {
    PASSED,
    FAILURE,
    ERROR,
    SKIPPED
  }

  private record Case(
      Candidate backend, String name, double seconds, Result result, String message) {}

  private final List<Case> cases = new ArrayList<>();
  private final CheckReport report;

  private CheckJunit(CheckReport report) {
    this.report = report;
    for (Candidate backend : report.chosen()) {
      cases.add(ofExactData(backend));
      if (report.zeroStart().asked(backend)) {
        cases.add(ofZeroStart(backend));
      }
    }
    for (CellResult result : report.results()) {
      for (Candidate backend : report.chosen()) {
        cases.add(ofCell(backend, result));
      }
    }
  }

  /** Writes all cases; the file appears whole or not at all. */
  static void write(Path file, CheckReport report) {
    CheckJunit junit = new CheckJunit(report);
    AtomicFile.write(
        file,
        out -> {
          try {
            junit.write(out);
          } catch (XMLStreamException e) {
            throw e.getNestedException() instanceof IOException io ? io : new IOException(e);
          }
        });
  }

  private Case ofExactData(Candidate backend) {
    Optional<String> complaint =
        report.exactData().results().stream()
            .filter(result -> result.backend().equals(backend.name()))
            .map(ExactData.Result::agreement)
            .filter(agreement -> agreement.verdict() != Verdict.AGREES)
            .map(Agreement::reason)
            .findFirst();
    return of(backend, "exact-data", 0, report.exactData().interruptions(), complaint);
  }

  private Case ofZeroStart(Candidate backend) {
    Optional<String> complaint =
        report.zeroStart().results().stream()
            .filter(result -> result.backend().equals(backend.name()))
            .filter(result -> result.verdict() != Verdict.AGREES)
            .map(ZeroStart.Result::reason)
            .findFirst();
    return of(backend, "zero-weights", 0, report.zeroStart().interruptions(), complaint);
  }

  private Case ofCell(Candidate backend, CellResult result) {
    Optional<Outcome> outcome = CheckReport.outcome(result, backend);
    return of(
        backend,
        result.cell().name(),
        outcome.map(Outcome::seconds).orElse(0.0),
        result.interruptions(),
        outcome.flatMap(Outcome::complaint));
  }

  private static Case of(
      Candidate backend,
      String name,
      double seconds,
      List<Interruption> interruptions,
      Optional<String> complaint) {
    Optional<String> missing = backend.verdict();
    if (missing.isPresent()) {
      return new Case(backend, name, seconds, Result.SKIPPED, missing.get());
    }
    Optional<Interruption> interruption =
        interruptions.stream().filter(i -> i.backend().equals(backend.name())).findFirst();
    if (interruption.isPresent()) {
      Result result = interruption.get().failed() ? Result.ERROR : Result.SKIPPED;
      return new Case(backend, name, seconds, result, interruption.get().toString());
    }
    return complaint
        .map(message -> new Case(backend, name, seconds, Result.FAILURE, message))
        .orElseGet(() -> new Case(backend, name, seconds, Result.PASSED, ""));
  }

  private void write(OutputStream out) throws XMLStreamException {
    XMLStreamWriter xml =
        XMLOutputFactory.newFactory().createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
    xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
    xml.writeStartElement("testsuite");
    xml.writeAttribute(
        "name",
        "lockstep check" + (report.cuda() == CheckReport.Cuda.EMULATED ? ", CUDA EMULATED" : ""));
    xml.writeAttribute("tests", Integer.toString(cases.size()));
    xml.writeAttribute("failures", count(Result.FAILURE));
    xml.writeAttribute("errors", count(Result.ERROR));
    xml.writeAttribute("skipped", count(Result.SKIPPED));
    for (Case one : cases) {
      write(xml, one);
    }
    xml.writeEndElement();
    xml.writeEndDocument();
    xml.close();
  }

  private String count(Result result) {
    return Long.toString(cases.stream().filter(one -> one.result() == result).count());
  }

  private static void write(XMLStreamWriter xml, Case one) throws XMLStreamException {
    String emulated = one.backend().hardware() == Hardware.EMULATED ? "-EMULATED" : "";
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "lockstep." + one.backend().name() + emulated);
    xml.writeAttribute("name", one.name());
    xml.writeAttribute("time", String.format(Locale.ROOT, "%.3f", one.seconds()));
    if (one.result() != Result.PASSED) {
      xml.writeStartElement(one.result().name().toLowerCase(Locale.ROOT));
      xml.writeAttribute("message", one.message());
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }
}
