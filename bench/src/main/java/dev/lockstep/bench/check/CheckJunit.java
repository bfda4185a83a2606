package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.Interruption;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.ci.Issue;
import dev.lockstep.bench.report.ForeignText;
import dev.lockstep.bench.report.ReportFormat;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Commit;
import dev.lockstep.bench.surroundings.Version;
import dev.lockstep.input.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * The JUnit XML report of a check, for CI servers. It uses only elements and attributes that the
 * schemas of both Ant and Jenkins allow. There is one test case for each cell and backend, and for
 * each backend one for its availability, exact data, edge cases and zero weights each. The file
 * contains a failure or an error if and only if the check exits with 1. What a backend could not
 * run is skipped, or a failure if the backend was asked for by name; a backend that failed is an
 * error.
 */
final class CheckJunit implements ReportFormat<CheckReport> {

  /** The result of a test case; all but PASSED have an XML element. */
  private enum Result {
    PASSED,
    FAILURE,
    ERROR,
    SKIPPED
  }

  /**
   * A test case.
   *
   * @param repeat the command that repeats the case; empty if there is none
   * @param verdict the verdict; AGREES if the case passed
   * @param message one sentence; empty if the case passed
   */
  private record Case(
      Candidate backend,
      String name,
      double seconds,
      String repeat,
      Result result,
      Verdict verdict,
      String message) {

    /** Creates a case that passes; {@link #with} replaces the result. */
    static Case of(Candidate backend, String name, double seconds, String repeat) {
      return new Case(backend, name, seconds, repeat, Result.PASSED, Verdict.AGREES, "");
    }

    Case with(Result other, Verdict why, String sentence) {
      return new Case(backend, name, seconds, repeat, other, why, sentence);
    }
  }

  /** UTC without a zone, as the schemas require. */
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  @Override
  public String flag() {
    return "--junit";
  }

  @Override
  public String description() {
    return "Write verdicts as JUnit XML, with a failure or an error if the exit code is 1.";
  }

  @Override
  public void write(CheckReport report, int exitCode, OutputStream out) throws IOException {
    try {
      write(report, cases(report), out);
    } catch (XMLStreamException e) {
      throw e.getNestedException() instanceof IOException io ? io : new IOException(e);
    }
  }

  private static List<Case> cases(CheckReport report) {
    List<Case> cases = new ArrayList<>();
    boolean none = report.chosen().stream().noneMatch(Candidate::available);
    Known known = new Known(report);
    for (Candidate backend : report.chosen()) {
      Case available = Case.of(backend, CheckIssues.AVAILABLE, 0, "");
      Result missing = none || report.isOwed(backend) ? Result.FAILURE : Result.SKIPPED;
      cases.add(
          known.apply(
              backend
                  .verdict()
                  .map(why -> available.with(missing, Verdict.UNAVAILABLE, why))
                  .orElse(available)));
      cases.add(
          known.apply(
              judged(report, Case.of(backend, CheckIssues.EXACT_DATA, 0, ""), report.exactData())));
      if (report.edgeCases().verdicts().findAny().isPresent()) {
        cases.add(
            known.apply(
                judged(
                    report, Case.of(backend, CheckIssues.EDGE_CASES, 0, ""), report.edgeCases())));
      }
      boolean shown = report.zeroStart().verdicts().findAny().isPresent();
      if (shown && !backend.kind().isLibrary()) {
        cases.add(
            known.apply(
                judged(
                    report,
                    Case.of(backend, CheckIssues.ZERO_WEIGHTS, 0, ""),
                    report.zeroStart())));
      }
    }
    for (CellResult result : report.results()) {
      String repeat = report.command().apply(result.cell());
      for (Candidate backend : report.chosen()) {
        double seconds = result.outcome(backend).map(Outcome::seconds).orElse(0.0);
        Case cell = Case.of(backend, result.cell().name(), seconds, repeat);
        cases.add(known.apply(judged(report, cell, result)));
      }
    }
    return cases;
  }

  /** What the baseline makes of a case. */
  private static final class Known {
    private final boolean applies;
    private final Map<List<String>, List<Issue>> known;
    private final Map<List<String>, List<Issue>> fresh;

    Known(CheckReport report) {
      applies = report.baseline().isPresent();
      known = byCase(report.baseline().map(Judged::known).orElse(List.of()));
      fresh = byCase(report.baseline().map(Judged::fresh).orElse(List.of()));
    }

    private static Map<List<String>, List<Issue>> byCase(List<Issue> issues) {
      return issues.stream()
          .collect(Collectors.groupingBy(issue -> List.of(issue.backend(), issue.where())));
    }

    /** A finding that is new fails; what fails, and is known, is skipped. */
    Case apply(Case found) {
      List<String> key = List.of(found.backend().name(), found.name());
      Optional<Issue> first = fresh.getOrDefault(key, List.of()).stream().findFirst();
      boolean fails = found.result() == Result.FAILURE || found.result() == Result.ERROR;
      if (!applies || (first.isPresent() && fails)) {
        return found;
      }
      if (first.isPresent()) {
        return found.with(Result.FAILURE, Verdict.DIFFERS, "not in the baseline: " + first.get());
      }
      return fails && known.containsKey(key)
          ? found.with(Result.SKIPPED, found.verdict(), "known to the baseline: " + found.message())
          : found;
    }
  }

  private static Case judged(CheckReport report, Case passed, Experiment<?> experiment) {
    Candidate backend = passed.backend();
    Optional<String> missing = backend.verdict();
    if (missing.isPresent()) {
      return passed.with(Result.SKIPPED, Verdict.UNAVAILABLE, missing.get());
    }
    Optional<Interruption> interruption =
        experiment.interruptions().stream()
            .filter(i -> i.backend().equals(backend.name()))
            .findFirst();
    if (interruption.isPresent()) {
      Interruption why = interruption.get();
      Result result =
          why.failed() ? Result.ERROR : report.isOwed(why) ? Result.FAILURE : Result.SKIPPED;
      return passed.with(result, why.verdict(), why.toString());
    }
    Optional<? extends Experiment.Shown> shown = experiment.outcome(backend);
    if (shown.isEmpty()) {
      return passed.with(Result.SKIPPED, Verdict.UNSUPPORTED, "not for this backend");
    }
    Verdict verdict = shown.get().verdict();
    String message = shown.get().reason() + advice(report, verdict);
    return shown.get().agrees() ? passed : passed.with(Result.FAILURE, verdict, message);
  }

  /** Returns the advice on the data for an INCONCLUSIVE verdict; else empty. */
  private static String advice(CheckReport report, Verdict verdict) {
    return verdict == Verdict.INCONCLUSIVE
        ? report.advice().sentence().map(sentence -> "; " + sentence).orElse("")
        : "";
  }

  private static void write(CheckReport report, List<Case> cases, OutputStream out)
      throws XMLStreamException {
    XMLStreamWriter xml =
        XMLOutputFactory.newDefaultFactory()
            .createXMLStreamWriter(out, StandardCharsets.UTF_8.name());
    xml.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
    xml.writeCharacters("\n");
    xml.writeStartElement("testsuites");
    xml.writeStartElement("testsuite");
    attribute(
        xml,
        "name",
        "lockstep check" + (report.cuda() == CheckReport.Cuda.EMULATED ? ", CUDA EMULATED" : ""));
    attribute(xml, "package", "lockstep");
    attribute(xml, "id", "0");
    attribute(xml, "timestamp", TIMESTAMP.format(report.started()));
    // The schema requires a host name; the real one is private.
    attribute(xml, "hostname", "localhost");
    attribute(xml, "tests", Integer.toString(cases.size()));
    attribute(xml, "failures", count(cases, Result.FAILURE));
    attribute(xml, "errors", count(cases, Result.ERROR));
    attribute(xml, "skipped", count(cases, Result.SKIPPED));
    attribute(xml, "time", seconds(cases.stream().mapToDouble(Case::seconds).sum()));
    xml.writeStartElement("properties");
    for (Map.Entry<String, String> property : properties(report).entrySet()) {
      xml.writeEmptyElement("property");
      attribute(xml, "name", property.getKey());
      attribute(xml, "value", property.getValue());
    }
    xml.writeEndElement();
    for (Case one : cases) {
      xml.writeCharacters("\n");
      write(xml, one);
    }
    xml.writeCharacters("\n");
    element(xml, "system-out", String.join("\n", report.lines()));
    element(xml, "system-err", "");
    xml.writeEndElement();
    xml.writeEndElement();
    xml.writeEndDocument();
    xml.close();
  }

  private static Map<String, String> properties(CheckReport report) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("version", Version.NUMBER);
    properties.put("commit", Commit.text());
    properties.put("JDK", Runtime.version() + ", " + System.getProperty("java.vendor"));
    properties.put(
        "backends",
        report.chosen().stream()
            .filter(Candidate::available)
            .map(Candidate::name)
            .collect(Collectors.joining(",")));
    properties.put("CUDA", report.cuda().name());
    properties.put("steps", Integer.toString(report.steps()));
    properties.put("verdict", report.verdict().name());
    properties.put("exit code", Integer.toString(report.exitCode()));
    return properties;
  }

  private static String count(List<Case> cases, Result result) {
    return Long.toString(cases.stream().filter(one -> one.result() == result).count());
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }

  private static void write(XMLStreamWriter xml, Case one) throws XMLStreamException {
    String emulated = one.backend().hardware() == Hardware.EMULATED ? "-EMULATED" : "";
    xml.writeStartElement("testcase");
    attribute(xml, "classname", "lockstep." + one.backend().name() + emulated);
    attribute(xml, "name", one.name());
    attribute(xml, "time", seconds(one.seconds()));
    if (one.result() != Result.PASSED) {
      xml.writeStartElement(one.result().name().toLowerCase(Locale.ROOT));
      attribute(xml, "type", one.verdict().name());
      attribute(xml, "message", one.message());
      if (one.result() != Result.SKIPPED) {
        characters(
            xml, one.message() + (one.repeat().isEmpty() ? "" : "\nrepeat with: " + one.repeat()));
      }
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }

  private static void element(XMLStreamWriter xml, String name, String text)
      throws XMLStreamException {
    xml.writeStartElement(name);
    characters(xml, text);
    xml.writeEndElement();
  }

  private static void characters(XMLStreamWriter xml, String text) throws XMLStreamException {
    xml.writeCharacters(ForeignText.xml(text));
  }

  private static void attribute(XMLStreamWriter xml, String name, String text)
      throws XMLStreamException {
    xml.writeAttribute(name, Printable.of(text));
  }
}
