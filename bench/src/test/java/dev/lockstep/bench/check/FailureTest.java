package dev.lockstep.bench.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.Agreement;
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
import dev.lockstep.bench.cells.OwnOrders;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.data.Digits;
import dev.lockstep.file.AtomicFile;
import dev.lockstep.model.Activation;
import dev.lockstep.scenario.DataSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A backend that fails ends its own part of a cell and nothing else. */
final class FailureTest {

  private static final Backend SCALAR = Backends.named("test", "scalar");
  private static final Backend VECTOR = Backends.named("test", "vector");
  private static final Resources ONE = new Resources(1);
  private static final int STEPS = 40;

  @TempDir Path folder;

  private static CellResult run(Backend... backends) {
    Cell cell = new Cell(7, 33, 1, Activation.TANH, "equal");
    return new CellRun(
            cell,
            cell.scenario(new DataSource.EmbeddedDigits(), STEPS, 11),
            Digits.load(),
            List.of(backends),
            ONE)
        .sideBySide(() -> {});
  }

  private static CheckReport report(boolean named, CellResult result, Backend... backends) {
    return new CheckReport(
        List.of(result),
        ExactData.of(List.of(backends), new LostDevice(), ONE, 11),
        Experiment.none(),
        Experiment.none(),
        DataAdvice.none(),
        Stream.of(backends).map(backend -> Candidate.of(backend, ONE)).toList(),
        named,
        STEPS,
        Instant.EPOCH,
        cell -> "repeat " + cell.name());
  }

  private static String text(CheckReport report) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new CheckText(report)
        .print(new Printer(new PrintStream(bytes, true, StandardCharsets.UTF_8), 200));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Backends that share a device share its loss; the others do not. */
  @Test
  void aLostDeviceIsLostForAllLaterCells() {
    Backend losing = new FailingBackend(VECTOR, Moment.DEVICE_IN_STEP_3);
    Backend beside = new FailingBackend(VECTOR, Moment.NONE_ON_DEVICE);
    DataSource source = new DataSource.EmbeddedDigits();
    List<Cell> cells =
        Stream.of(7, 9, 11)
            .map(width -> new Cell(width, 33, 1, Activation.TANH, "random"))
            .toList();
    CheckReport report =
        new Check(
                source,
                Digits.load(),
                11,
                STEPS,
                ONE,
                // There is no device that could be opened.
                Stream.of(SCALAR, losing, beside)
                    .map(each -> new Candidate(each, each.availability(ONE)))
                    .toList(),
                false,
                cells,
                List.of(),
                OwnOrders.Effort.USUAL,
                "")
            .run(() -> false);

    assertThat(report.results()).hasSize(3);
    assertThat(report.results())
        .allSatisfy(
            result ->
                assertThat(result.outcomes())
                    .singleElement()
                    .satisfies(outcome -> assertThat(outcome.backend()).isEqualTo("scalar")));
    assertThat(report.edgeCases().interruptions())
        .extracting(Interruption::backend, Interruption::verdict)
        .containsExactly(tuple("failing", Verdict.FAILED), tuple("beside", Verdict.UNAVAILABLE));
    assertThat(report.results())
        .flatExtracting(CellResult::interruptions)
        .extracting(Interruption::toString)
        .hasSize(6)
        .containsOnly(
            "UNAVAILABLE when opened: the device was lost by failing in the edge cases: start"
                + " lockstep anew");
    assertThat(report.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(report.faults())
        .singleElement()
        .asString()
        .startsWith("failing: FAILED in the edge cases: ");
  }

  @Test
  void aDeviceThatIsLostInACellIsLostForItsOtherBackends() {
    CellResult result =
        run(
            SCALAR,
            new FailingBackend(VECTOR, Moment.DEVICE_IN_STEP_3),
            new FailingBackend(VECTOR, Moment.NONE_ON_DEVICE));

    assertThat(result.outcomes()).singleElement().matches(each -> each.backend().equals("scalar"));
    assertThat(result.interruptions())
        .extracting(Interruption::backend, Interruption::verdict, Interruption::when)
        .containsExactly(
            tuple("failing", Verdict.FAILED, "in step 3"),
            tuple("beside", Verdict.UNAVAILABLE, "in step 3"));
  }

  @ParameterizedTest
  @CsvSource({
    "OPEN, when opened, allocation of W1 failed",
    "STEP_3, in step 3, launch of gemm for W2 failed",
    "EVALUATION, after the last step, copy of logits failed",
    "CLOSE, when closed, release of W1 failed"
  })
  void theOthersGoOnAndAreCompared(Moment moment, String when, String reason) {
    // Also when it is the one that the others are compared with.
    FailingBackend failing = new FailingBackend(SCALAR, moment);
    CellResult result = run(failing, SCALAR, VECTOR);

    assertThat(result.interruptions())
        .containsExactly(new Interruption("failing", Verdict.FAILED, when, reason, List.of()));
    assertThat(result.outcomes())
        .filteredOn(outcome -> !outcome.backend().equals("failing"))
        .hasSize(2)
        .allSatisfy(outcome -> assertThat(outcome.verdict()).isEqualTo(Verdict.AGREES))
        .last()
        .satisfies(
            vector -> assertThat(vector.agreements()).containsExactly(Agreement.bits(STEPS)));
    assertThat(failing.open()).hasValue(moment == Moment.CLOSE ? 1 : 0);
  }

  @Test
  void closingThatFailsTooDoesNotHideTheFirst() {
    CellResult result = run(SCALAR, new FailingBackend(SCALAR, Moment.STEP_3, Moment.CLOSE));

    assertThat(result.interruptions())
        .singleElement()
        .hasToString(
            "FAILED in step 3: launch of gemm for W2 failed; closing it then failed too: release"
                + " of W1 failed");
  }

  @Test
  void aFaultIsAFailureInEveryReport() throws IOException {
    Backend failing = new FailingBackend(VECTOR, Moment.STEP_3);
    CheckReport report = report(false, run(SCALAR, VECTOR, failing), SCALAR, VECTOR, failing);

    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(text(report))
        .contains("\n\nVerdict: FAILED (1 scenario, 40 steps). A backend broke down")
        .containsPattern("failing +exact +FAILED in step 3 ")
        .contains("AGREES (bits)")
        .contains(
            "failing on w7-b33-d1-tanh-equal: FAILED in step 3: launch of gemm for W2 failed",
            "repeat w7-b33-d1-tanh-equal");
    assertThat(CheckJson.of(report, report.exitCode()).toPrettyString())
        .contains("\"verdict\" : \"FAILED\"", "\"when\" : \"in step 3\"");
    Path junit = folder.resolve("v.xml");
    AtomicFile.write(junit, out -> new CheckJunit().write(report, report.exitCode(), out));
    assertThat(Files.readString(junit))
        .contains("tests=\"9\" failures=\"0\" errors=\"1\" skipped=\"0\"")
        .contains(
            "<error type=\"FAILED\" message=\"FAILED in step 3: launch of gemm for W2 failed\"");
  }

  @Test
  void whatIsUnavailableInOneCellIsAFaultOnlyIfItWasNamed() throws IOException {
    Backend failing = new FailingBackend(VECTOR, Moment.SHORT_OF_MEMORY);
    CellResult result = run(SCALAR, VECTOR, failing);
    CheckReport report = report(false, result, SCALAR, VECTOR, failing);
    String sentence = "UNAVAILABLE when opened: 9 MiB needed, 7 free: use less";

    assertThat(report.exitCode()).isZero();
    assertThat(text(report))
        .contains("\n\nVerdict: AGREES. 2 exact backends agree bit for bit")
        .contains("not run:\n  failing: " + sentence);
    Path junit = folder.resolve("v.xml");
    AtomicFile.write(junit, out -> new CheckJunit().write(report, report.exitCode(), out));
    assertThat(Files.readString(junit))
        .contains("tests=\"9\" failures=\"0\" errors=\"0\" skipped=\"1\"")
        .contains("<skipped type=\"UNAVAILABLE\" message=\"" + sentence);
    CheckReport named = report(true, result, SCALAR, VECTOR, failing);
    assertThat(named.exitCode()).isEqualTo(1);
    assertThat(text(named)).contains("\n\nVerdict: INCOMPLETE", ": " + sentence);
  }

  @Test
  void aFaultInTheProductsOfExactDataIsOne() {
    Backend failing = new FailingBackend(VECTOR, Moment.PRODUCT);
    CheckReport report = report(false, run(SCALAR, failing), SCALAR, failing);

    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(text(report))
        .contains("failing: FAILED in the products of exact data: product of A and B failed");
  }

  @Test
  void reportNamesTheFaultAndHowToRepeatItAndEndsWithTheVerdict() {
    Backend faulty = new FaultyBackend(VECTOR, 2);
    CheckReport report = report(false, run(SCALAR, faulty), SCALAR, faulty);

    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(text(report))
        .endsWith(
            "\n\nVerdict: DIFFERS (1 scenario, 40 steps). The faults above say what differs and"
                + " where.\n")
        .contains("faulty on w7-b33-d1-tanh-equal: lockstep BROKEN at step 2, hidden layer 1")
        .contains("repeat w7-b33-d1-tanh-equal");
  }
}
