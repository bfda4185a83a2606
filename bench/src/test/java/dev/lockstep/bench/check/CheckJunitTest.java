package dev.lockstep.bench.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.CellRun;
import dev.lockstep.bench.cells.ExactData;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.FailingBackend;
import dev.lockstep.bench.cells.FailingBackend.Moment;
import dev.lockstep.bench.cells.FaultyBackend;
import dev.lockstep.bench.cells.Interruption;
import dev.lockstep.bench.cells.LostDevice;
import dev.lockstep.bench.ci.Baseline;
import dev.lockstep.bench.ci.Issue;
import dev.lockstep.bench.ci.Issue.Severity;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Version;
import dev.lockstep.data.Digits;
import dev.lockstep.file.AtomicFile;
import dev.lockstep.model.Activation;
import dev.lockstep.scenario.DataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The file that a CI server reads, and the exit code that it sees. */
final class CheckJunitTest {

  private static final Backend SCALAR = Backends.named("test", "scalar");
  private static final Backend VECTOR = Backends.named("test", "vector");
  private static final Resources ONE = new Resources(1);
  private static final Cell CELL = new Cell(7, 33, 1, Activation.TANH, "equal");

  /** Enough to move, so that lockstep counts. */
  private static final int STEPS = 40;

  @TempDir Path folder;

  private static Candidate available(Backend backend) {
    return Candidate.of(backend, ONE);
  }

  private static Candidate missing(Backend backend) {
    return new Candidate(
        backend,
        new Availability.Unavailable(
            new Availability.Reason(Availability.Cause.NO_DRIVER, "no driver"), "install one"));
  }

  private static CheckReport report(
      boolean named, DataAdvice advice, int steps, List<Candidate> chosen) {
    List<Backend> runnable =
        chosen.stream().filter(Candidate::available).map(Candidate::backend).toList();
    CellResult result =
        new CellRun(
                CELL,
                CELL.scenario(new DataSource.EmbeddedDigits(), steps, 11),
                Digits.load(),
                runnable,
                ONE)
            .sideBySide(() -> {});
    return new CheckReport(
        List.of(result),
        ExactData.of(runnable, new LostDevice(), ONE, 11),
        Experiment.none(),
        Experiment.none(),
        advice,
        chosen,
        named,
        steps,
        Instant.parse("2026-02-03T04:05:06.789Z"),
        cell -> "repeat " + cell.name());
  }

  private static CheckReport report(boolean named, Candidate... chosen) {
    return report(named, DataAdvice.none(), STEPS, List.of(chosen));
  }

  private Element suite(CheckReport report) throws Exception {
    Path file = folder.resolve("v.xml");
    AtomicFile.write(file, out -> new CheckJunit().write(report, report.exitCode(), out));
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(file.toFile())
            .getDocumentElement();
    assertThat(root.getTagName()).isEqualTo("testsuites");
    return children(root, "testsuite").getFirst();
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        children.add(element);
      }
    }
    return children;
  }

  /** Counts of the suite, which have to be those of its cases. */
  private static int broken(Element suite) {
    List<Element> cases = children(suite, "testcase");
    int broken = 0;
    assertThat(suite.getAttribute("tests")).isEqualTo(String.valueOf(cases.size()));
    for (String result : new String[] {"failure", "error", "skipped"}) {
      long count = cases.stream().filter(each -> !children(each, result).isEmpty()).count();
      String attribute = result.equals("skipped") ? result : result + "s";
      assertThat(suite.getAttribute(attribute)).isEqualTo(String.valueOf(count));
      broken += result.equals("skipped") ? 0 : (int) count;
    }
    return broken;
  }

  /** Whatever there is to complain of, named or not. */
  @ParameterizedTest
  @CsvSource({
    "false,sound,0", "true,sound,0",
    "false,missing,0", "true,missing,1",
    "false,all missing,1", "true,all missing,1",
    "false,wrong,1", "true,wrong,1",
    "false,failing,1", "true,failing,1",
    "false,short of memory,0", "true,short of memory,1",
    "false,products fail,1", "true,products fail,1",
    "false,did not move,1", "true,did not move,1",
    "false,did not move on unscaled data,1", "true,did not move on unscaled data,1"
  })
  void itFailsWhereTheExitCodeDoes(boolean named, String what, int exitCode) throws Exception {
    DataAdvice unscaled = new DataAdvice(Optional.of("features are large"));
    List<Candidate> both = List.of(available(SCALAR), available(VECTOR));
    CheckReport report =
        switch (what) {
          case "sound" -> report(named, available(SCALAR), available(VECTOR));
          case "missing" -> report(named, available(SCALAR), missing(VECTOR));
          case "all missing" -> report(named, missing(SCALAR), missing(VECTOR));
          case "wrong" -> report(named, available(SCALAR), available(new FaultyBackend(VECTOR, 2)));
          case "failing" ->
              report(
                  named, available(SCALAR), available(new FailingBackend(VECTOR, Moment.STEP_3)));
          case "short of memory" ->
              report(
                  named,
                  available(SCALAR),
                  available(new FailingBackend(VECTOR, Moment.SHORT_OF_MEMORY)));
          case "products fail" ->
              report(
                  named, available(SCALAR), available(new FailingBackend(VECTOR, Moment.PRODUCT)));
          case "did not move" -> report(named, DataAdvice.none(), 2, both);
          default -> report(named, unscaled, 2, both);
        };
    assertThat(report.exitCode()).isEqualTo(exitCode);
    assertThat(broken(suite(report)) > 0).isEqualTo(exitCode == 1);
  }

  private static CheckReport judged(CheckReport report, Baseline.Entry... known) {
    Baseline baseline = new Baseline(Path.of("known.json"), "check", new TreeSet<>(List.of(known)));
    return report.with(
        Optional.of(baseline.judge(report.issues(), new CheckIssues(report).tested())));
  }

  /** A baseline decides what fails: findings too, unless they are known, and known faults not. */
  @Test
  void aBaselineDecidesWhatFails() throws Exception {
    Backend library = new FaultyBackend(VECTOR, Kind.LIBRARY, OperandRounding.NONE, 2);
    CheckReport found = report(true, available(SCALAR), available(library));
    Baseline.Entry entry = new Baseline.Entry("faulty", CELL.name(), "lockstep-broken");
    assertThat(found.issues()).extracting(Issue::severity).containsExactly(Severity.FINDING);
    assertThat(found.exitCode()).isZero();
    assertThat(broken(suite(found))).isZero();
    for (CheckReport fresh :
        List.of(
            judged(found),
            judged(found, new Baseline.Entry("faulty", CELL.name(), "bits-differ")),
            judged(found, new Baseline.Entry("vector", CELL.name(), "lockstep-broken")))) {
      assertThat(fresh.exitCode()).isEqualTo(1);
      assertThat(broken(suite(fresh))).isEqualTo(1);
    }
    assertThat(judged(found, entry).exitCode()).isZero();
    assertThat(broken(suite(judged(found, entry)))).isZero();

    CheckReport wrong = report(true, available(SCALAR), available(new FaultyBackend(VECTOR, 2)));
    assertThat(wrong.issues()).extracting(Issue::severity).containsExactly(Severity.EXACT_FAULT);
    assertThat(judged(wrong).exitCode()).isEqualTo(1);
    assertThat(broken(suite(judged(wrong)))).isEqualTo(1);
    // An exact backend's fault is not covered by a star.
    CheckReport starred = judged(wrong, new Baseline.Entry("faulty", "*", "lockstep-broken"));
    assertThat(starred.exitCode()).isEqualTo(1);
    assertThat(broken(suite(starred))).isEqualTo(1);
    CheckReport listed = judged(wrong, entry);
    assertThat(listed.exitCode()).isZero();
    assertThat(broken(suite(listed))).isZero();
    assertThat(CheckJson.of(listed, 0).at("/faults/0/known").asBoolean()).isTrue();
  }

  @Test
  void whatDidNotRunIsNotGone() {
    CheckReport report = report(false, available(SCALAR), missing(VECTOR));
    Baseline.Entry gone = new Baseline.Entry("scalar", CELL.name(), "lockstep-broken");
    CheckReport judged =
        judged(
            report,
            gone,
            new Baseline.Entry("scalar", "another", "lockstep-broken"),
            new Baseline.Entry("vector", CELL.name(), "lockstep-broken"),
            new Baseline.Entry("vector", "*", "lockstep-broken"));
    assertThat(judged.baseline().orElseThrow().gone()).containsExactly(gone);
    assertThat(judged.exitCode()).isZero();
  }

  @Test
  void aBackendThatWasAskedForIsAFailureOnce() throws Exception {
    Element suite = suite(report(true, available(SCALAR), missing(VECTOR)));
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    Element failed =
        children(suite, "testcase").stream()
            .filter(each -> !children(each, "failure").isEmpty())
            .findFirst()
            .orElseThrow();
    assertThat(failed.getAttribute("classname")).isEqualTo("lockstep.vector");
    assertThat(failed.getAttribute("name")).isEqualTo("available");
    Element failure = children(failed, "failure").getFirst();
    assertThat(failure.getAttribute("type")).isEqualTo("UNAVAILABLE");
    assertThat(failure.getAttribute("message")).contains("no driver: install one");
  }

  /** Whoever gives a program's command wants it to run, as if named. */
  private record Program(Backend sound) implements DelegatingBackend {
    @Override
    public String name() {
      return "program";
    }

    @Override
    public Placement placement() {
      return Placement.PROCESS;
    }
  }

  @Test
  void aProgramThatCannotRunIsAFailure() throws Exception {
    CheckReport report = report(false, available(SCALAR), missing(new Program(VECTOR)));
    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(suite(report).getAttribute("failures")).isEqualTo("1");
  }

  /** The order and the attributes that Ant's schema wants; no machine is named. */
  @Test
  void itHasWhatCiServersExpect() throws Exception {
    CheckReport report = report(false, available(SCALAR), missing(VECTOR));
    Element suite = suite(report);
    assertThat(suite.getAttribute("name")).isEqualTo("lockstep check");
    assertThat(suite.getAttribute("timestamp")).isEqualTo("2026-02-03T04:05:06");
    assertThat(suite.getAttribute("hostname")).isEqualTo("localhost");
    assertThat(suite.getAttribute("id")).isEqualTo("0");
    assertThat(suite.getAttribute("time")).matches("\\d+\\.\\d{3}");
    List<String> order = new ArrayList<>();
    for (Node node = suite.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element
          && (order.isEmpty() || !order.getLast().equals(element.getTagName()))) {
        order.add(element.getTagName());
      }
    }
    assertThat(order).containsExactly("properties", "testcase", "system-out", "system-err");
    assertThat(children(children(suite, "properties").getFirst(), "property"))
        .extracting(property -> property.getAttribute("name"))
        .contains("version", "commit", "JDK", "backends");
    assertThat(children(children(suite, "properties").getFirst(), "property"))
        .extracting(property -> property.getAttribute("value"))
        .contains(Version.NUMBER, "scalar");
    assertThat(children(suite, "system-out").getFirst().getTextContent())
        .isEqualTo(String.join("\n", report.lines()));
    assertThat(children(suite, "testcase"))
        .allSatisfy(
            each -> {
              assertThat(each.getAttribute("classname")).startsWith("lockstep.");
              assertThat(each.getAttribute("name")).isNotEmpty();
              assertThat(each.getAttribute("time")).matches("\\d+\\.\\d{3}");
            })
        .filteredOn(each -> !children(each, "skipped").isEmpty())
        .hasSize(3)
        .allSatisfy(
            each ->
                assertThat(children(each, "skipped").getFirst().getAttribute("message"))
                    .contains("no driver: install one"));
  }

  /** What XML has no place for is shown by its escape; what it has a meaning for is what it was. */
  @Test
  void anyTextIsWellFormed() throws Exception {
    String text = "a\u0000b\u001b[31mc\ud800d\uffffe ]]> <f> & \"g\" \ud83d\ude00";
    CheckReport sound = report(false, DataAdvice.none(), 2, List.of(available(SCALAR)));
    CheckReport report =
        new CheckReport(
            sound.results(),
            new Experiment.Besides<>(
                List.of(),
                List.of(
                    new Interruption("scalar", Verdict.FAILED, "in a product", text, List.of()))),
            Experiment.none(),
            Experiment.none(),
            DataAdvice.none(),
            sound.chosen(),
            false,
            2,
            sound.started(),
            cell -> text);
    Element suite = suite(report);
    String shown = "a\\u0000b\\u001b[31mc\\ud800d\\uffffe ]]> <f> & \"g\" \ud83d\ude00";
    Element error =
        children(suite, "testcase").stream()
            .flatMap(each -> children(each, "error").stream())
            .findFirst()
            .orElseThrow();
    assertThat(error.getAttribute("message")).isEqualTo("FAILED in a product: " + shown);
    assertThat(error.getTextContent()).isEqualTo("FAILED in a product: " + shown);
    assertThat(children(suite, "system-out").getFirst().getTextContent())
        .contains("a\\u0000b\\u001b[31mc", " ]]> <f> & \"g\" \ud83d\ude00");
    assertThat(Files.list(folder)).hasSize(1);
  }
}
