package dev.lockstep.bench.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.DelegatingTrainer;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.cells.Agreement;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.CellOptimizer;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.CellRun;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.FaultyBackend;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.data.Digits;
import dev.lockstep.data.Examples;
import dev.lockstep.file.AtomicFile;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Workload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries whose every single step is right, and whose whole run is not. */
final class RunJudgeTest {

  private static final Backend SCALAR = Backends.named("test", "scalar");
  private static final Backend VECTOR = Backends.named("test", "vector");
  private static final int SEED = 11;
  private static final Cell RANDOM = new Cell(33, 33, 2, Activation.TANH, "random");
  private static final Cell EQUAL = new Cell(33, 7, 1, Activation.TANH, "equal");

  @TempDir Path folder;

  /** A library that does to a trainer what a test says. */
  private record Library(Backend sound, UnaryOperator<Trainer> altered)
      implements DelegatingBackend {

    @Override
    public String name() {
      return "library";
    }

    @Override
    public Kind kind() {
      return Kind.LIBRARY;
    }

    @Override
    public Trainer open(Workload workload, Resources resources) {
      return altered.apply(sound.open(workload, resources));
    }
  }

  /** Says of so many rows that are right that they are wrong. */
  private record Wrong(Trainer sound, int rows) implements DelegatingTrainer {

    @Override
    public Evaluation evaluate(Examples examples) {
      Evaluation sounds = sound.evaluate(examples);
      double fewer = sounds.accuracy() - (double) rows / examples.rows();
      return new Evaluation(sounds.loss(), Math.max(0, fewer));
    }
  }

  /** Starts with the last hidden unit of the first layer equal to the one before it. */
  private static Trainer twins(Trainer trainer) {
    Parameters parameters = trainer.parameters();
    FloatMatrix in = (FloatMatrix) parameters.weights(0);
    Matrix bias = parameters.bias(0);
    FloatMatrix out = (FloatMatrix) parameters.weights(1);
    int last = bias.columns() - 1;
    for (int i = 0; i < in.rows(); i++) {
      in.data()[i * in.columns() + last] = in.data()[i * in.columns() + last - 1];
    }
    System.arraycopy(
        out.data(), (last - 1) * out.columns(), out.data(), last * out.columns(), out.columns());
    trainer.restore(parameters, 0);
    return trainer;
  }

  private static CellResult run(Cell cell, int steps, Backend... backends) {
    return new CellRun(
            cell,
            cell.scenario(new DataSource.EmbeddedDigits(), steps, SEED),
            Digits.load(),
            List.of(backends),
            new Resources(2))
        .sideBySide(() -> {});
  }

  private static CheckReport report(CellResult result, Backend... backends) {
    return new CheckReport(
        List.of(result),
        Experiment.none(),
        Experiment.none(),
        Experiment.none(),
        DataAdvice.none(),
        List.of(backends).stream().map(b -> Candidate.of(b, new Resources(1))).toList(),
        false,
        60,
        Instant.EPOCH,
        cell -> "repeat " + cell.name());
  }

  private static String text(CheckReport report) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new CheckText(report)
        .print(new Printer(new PrintStream(bytes, true, StandardCharsets.UTF_8), 200));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Outcome last(CellResult result) {
    return result.outcomes().getLast();
  }

  private static Agreement verdicts(CellResult result) {
    return last(result).agreements().stream()
        .filter(agreement -> agreement.tier() == Tier.VERDICTS)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatDiffersInNothingAgrees() {
    Library sound = new Library(VECTOR, UnaryOperator.identity());
    for (Cell cell : List.of(RANDOM, EQUAL)) {
      CellResult result = run(cell, 60, SCALAR, sound);

      assertThat(last(result).verdict()).isEqualTo(Verdict.AGREES);
      assertThat(verdicts(result).steps()).isEqualTo(60);
      assertThat(verdicts(result).reason()).startsWith("unit classes of scalar; test accuracy ");
      assertThat(text(report(result, SCALAR, sound)))
          .containsPattern("verdicts +1 of 1 library runs have an exact backend's unit classes");
    }
  }

  /** Every step is right from the state before it, so that no other tier sees anything. */
  @Test
  void unitsThatDoNotDivergeAreAFault() throws IOException {
    Library library = new Library(VECTOR, RunJudgeTest::twins);
    CellResult result = run(RANDOM, 60, SCALAR, library);

    String why =
        "after the first step, hidden layer 1: units 31 and 32 are equal (32 classes of 33 units),"
            + " but differ on scalar (33 classes)";
    assertThat(last(result).agreements())
        .extracting(Agreement::verdict)
        .containsExactly(Verdict.AGREES, Verdict.DIFFERS);
    assertThat(last(result).complaint()).hasValue("DIFFERS (verdicts): " + why);
    CheckReport report = report(result, SCALAR, library);
    assertThat(report.exitCode()).isEqualTo(1);
    assertThat(text(report))
        .contains("\n\nVerdict: DIFFERS")
        .contains("verdicts      0 of 1 library runs")
        .containsPattern("library +library .* DIFFERS \\(verdicts\\) ");
    assertThat(CheckJson.of(report, report.exitCode()).toPrettyString())
        .contains("\"tier\" : \"verdicts\"", why);
    Path junit = folder.resolve("v.xml");
    AtomicFile.write(junit, out -> new CheckJunit().write(report, report.exitCode(), out));
    assertThat(Files.readString(junit)).contains("failures=\"1\"", why);
  }

  @Test
  void anAccuracyThatChanceDoesNotAccountForIsAFault() {
    Library worse = new Library(VECTOR, trainer -> new Wrong(trainer, 129));
    CellResult result = run(RANDOM, 60, SCALAR, worse);

    assertThat(verdicts(result).verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(verdicts(result).share()).isGreaterThan(1);
    assertThat(verdicts(result).reason())
        .containsPattern(
            "; 9 runs of scalar on features that differ by a rounding come to 8\\d\\.");
    assertThat(last(result).complaint().orElseThrow())
        .startsWith("DIFFERS (verdicts): unit classes of scalar; test accuracy ")
        .contains(", where chance accounts for ");
    // A few rows are what rounding may come to.
    Library nearly = new Library(VECTOR, trainer -> new Wrong(trainer, 7));
    assertThat(last(run(RANDOM, 60, SCALAR, nearly)).verdict()).isEqualTo(Verdict.AGREES);
    // The judged and the reference in each other's place.
    Library sound = new Library(VECTOR, UnaryOperator.identity());
    Backend exact = new Worse(SCALAR);
    assertThat(verdicts(run(RANDOM, 60, exact, sound)).verdict()).isEqualTo(Verdict.DIFFERS);
  }

  /**
   * A network that is on a plateau when its steps are over: sound runs that differ by a rounding
   * leave it before or after. What none of them comes to is a fault there too.
   */
  @Test
  void anAccuracyThatTheStepsDoNotDetermineIsHeldAgainstSeveralRuns() {
    Cell plateau =
        new Cell(
            33, 250, 3, Activation.SIGMOID, "random", CellOptimizer.ADAM, Loss.CROSS_ENTROPY, 0);
    Library early = new Library(VECTOR, trainer -> new Wrong(trainer, -80));
    Agreement left = verdicts(run(plateau, 200, VECTOR, early));
    assertThat(left.verdict()).isEqualTo(Verdict.AGREES);
    assertThat(left.reason())
        .contains("; 9 runs of vector on features that differ by a rounding come to ");

    Library wrong = new Library(VECTOR, trainer -> new Wrong(trainer, -400));
    Agreement never = verdicts(run(plateau, 200, VECTOR, wrong));
    assertThat(never.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(never.reason()).contains("; 9 runs of vector ");
  }

  /** An exact backend that gets few rows right. */
  private record Worse(Backend sound) implements DelegatingBackend {

    @Override
    public String name() {
      return "worse";
    }

    @Override
    public Trainer open(Workload workload, Resources resources) {
      return new Wrong(sound.open(workload, resources), 400);
    }
  }

  /** By a broken lockstep a network can do more, and is held to doing no less. */
  @Test
  void aNamedBreakIsNoFault() {
    Backend broken = new FaultyBackend(VECTOR, Kind.LIBRARY, OperandRounding.NONE, 3);
    CellResult result = run(EQUAL, 60, SCALAR, broken);
    assertThat(verdicts(result).verdict()).isEqualTo(Verdict.AGREES);
    assertThat(verdicts(result).reason()).startsWith("a named break of the unit classes of scalar");
    assertThat(last(result).finding()).isPresent();
    assertThat(last(result).split()).isNull();

    assertThat(verdicts(run(EQUAL, 60, new Worse(SCALAR), broken)).share()).isZero();
    Library worse = new Library(broken, trainer -> new Wrong(trainer, 450));
    assertThat(verdicts(run(EQUAL, 60, SCALAR, worse)).verdict()).isEqualTo(Verdict.DIFFERS);
  }

  /**
   * Two units that start equal among others: no lockstep, and a class that can break all the same.
   */
  @Test
  void aSplitInANetworkThatDidNotStartEqualIsNamed() {
    Backend broken = new FaultyBackend(VECTOR, Kind.LIBRARY, OperandRounding.NONE, 3);
    Backend exact = new Exact(new Library(VECTOR, RunJudgeTest::twins));
    Backend library = new Library(broken, RunJudgeTest::twins);
    CellResult result = run(RANDOM, 60, exact, library);

    assertThat(last(result).verdict()).isEqualTo(Verdict.AGREES);
    assertThat(last(result).finding()).isEmpty();
    assertThat(report(result, exact, library).findings())
        .singleElement()
        .hasToString(
            "library on w33-b33-d2-tanh-random: UNIT CLASSES SPLIT (library order) after step 60,"
                + " hidden layer 1: units 31 and 32 differ (33 classes of 33 units), but are equal"
                + " on exact (32 classes)");
  }

  /** Passes a library off as an exact backend. */
  private record Exact(Backend sound) implements DelegatingBackend {

    @Override
    public String name() {
      return "exact";
    }

    @Override
    public Kind kind() {
      return Kind.EXACT;
    }
  }

  /** In large cells scalar runs a few steps: then the one that ran all is the reference. */
  @Tag("thorough")
  @Test
  void theReferenceRanAsManySteps() {
    Cell large = new Cell(1021, 33, 2, Activation.TANH, "random");
    int steps = CellRun.FEW_STEPS + 1;
    Library library = new Library(VECTOR, trainer -> new Wrong(trainer, 450));

    Agreement all = verdicts(run(large, steps, SCALAR, VECTOR, library));
    assertThat(all.steps()).isEqualTo(steps);
    assertThat(all.reason()).startsWith("unit classes of vector; ");
    assertThat(all.verdict()).isEqualTo(Verdict.DIFFERS);
    CellResult few = run(large, steps, SCALAR, library);
    assertThat(verdicts(few).steps()).isEqualTo(1);
    assertThat(verdicts(few).reason())
        .isEqualTo("unit classes of scalar after the first step; it ran no more than 10");
    Library twins = new Library(VECTOR, RunJudgeTest::twins);
    assertThat(verdicts(run(large, steps, SCALAR, twins)).verdict()).isEqualTo(Verdict.DIFFERS);
  }

  @Test
  void nothingIsHeldAgainstAFaultyReference() {
    Library library = new Library(VECTOR, UnaryOperator.identity());
    CellResult result = run(EQUAL, 20, new FaultyBackend(VECTOR, 3), library);

    assertThat(result.outcomes().getFirst().verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(last(result).agreements()).extracting(Agreement::tier).doesNotContain(Tier.VERDICTS);
  }
}
