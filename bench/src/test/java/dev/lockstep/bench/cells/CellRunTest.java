package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Resources;
import dev.lockstep.cpu.FaultyScalar;
import dev.lockstep.cpu.FaultyScalar.Fault;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.data.Examples;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.MemoryNeed;
import dev.lockstep.scenario.Scenario;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CellRunTest {

  private static final Dataset DIGITS = Digits.load();
  private static final Backend SCALAR = Backends.named("test", "scalar");
  private static final Backend VECTOR = Backends.named("test", "vector");
  private static final Backend DOUBLE = Backends.named("test", "double");
  private static final int SEED = 11;

  private static CellResult run(Cell cell, int steps, Backend... backends) {
    return new CellRun(
            cell,
            cell.scenario(new DataSource.EmbeddedDigits(), steps, SEED),
            DIGITS,
            List.of(backends),
            new Resources(2))
        .sideBySide(() -> {});
  }

  private static MemoryNeed memory(Scenario scenario, List<Backend> backends) {
    Cell any = new Cell(7, 33, 1, Activation.TANH, "equal");
    return new CellRun(any, scenario, DIGITS, backends, new Resources(1)).memory();
  }

  @Test
  void soundBackendsAgreeAndHold() {
    CellResult result =
        run(new Cell(33, 33, 2, Activation.TANH, "equal"), 200, SCALAR, VECTOR, DOUBLE);

    assertThat(result.outcomes()).allSatisfy(o -> assertThat(o.complaint()).isEmpty());
    assertThat(result.outcomes())
        .allSatisfy(o -> assertThat(o.lockstep()).isInstanceOf(LockstepState.Held.class));
    assertThat(result.outcomes().get(1).agreements()).containsExactly(Agreement.bits(200));
    assertThat(result.outcomes().get(2).agreements())
        .extracting(Agreement::tier)
        .containsExactly(Tier.BOUND, Tier.OPERATIONS);
    assertThat(result.outcomes().get(2).agreements())
        .allSatisfy(agreement -> assertThat(agreement.share()).isBetween(1e-6, 1.0));
  }

  /** Features that overflow in the first step, or after some. */
  @Test
  void aLossThatIsNotFiniteLeavesTheComparisonInconclusive() {
    for (float factor : new float[] {1e30f, 1e10f}) {
      CellResult result = runScaled(factor, SCALAR, VECTOR, DOUBLE);
      Outcome scalar = result.outcomes().get(0);
      Outcome vector = result.outcomes().get(1);
      String stop = Objects.requireNonNull(scalar.fault()).replaceFirst(".* step ", "");
      int before = Integer.parseInt(stop) - 1;

      assertThat(vector.fault()).isEqualTo(scalar.fault());
      assertThat(vector.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(vector.complaint()).isEqualTo(scalar.complaint());
      assertThat(vector.agreements())
          .singleElement()
          .satisfies(
              bits -> {
                assertThat(bits.tier()).isEqualTo(Tier.BITS);
                assertThat(bits.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
                assertThat(bits.steps()).isEqualTo(before);
                assertThat(bits.reason())
                    .endsWith("compared before the loss was not finite at step " + stop);
              });
      assertThat(result.outcomes().get(2).agreements())
          .singleElement()
          .extracting(Agreement::tier, Agreement::verdict)
          .containsExactly(Tier.BOUND, Verdict.INCONCLUSIVE);
    }
  }

  /** A backend that goes on where the others stop computes something else. */
  @Test
  void oneThatDiffersBeforeTheLossIsNotFiniteStillDiffers() {
    CellResult result = runScaled(1e30f, SCALAR, new FaultyBackend(VECTOR, 1));
    assertThat(result.outcomes().get(1).verdict()).isEqualTo(Verdict.DIFFERS);
  }

  private static CellResult runScaled(float factor, Backend... backends) {
    Cell cell =
        new Cell(7, 33, 1, Activation.RELU, "random", CellOptimizer.SGD, Loss.SQUARED_ERROR, 0);
    Dataset scaled =
        new Dataset(
            "scaled",
            DIGITS.inputs(),
            DIGITS.classes(),
            scaled(DIGITS.train(), factor),
            scaled(DIGITS.test(), factor));
    return new CellRun(
            cell,
            cell.scenario(new DataSource.EmbeddedDigits(), 60, SEED),
            scaled,
            List.of(backends),
            new Resources(2))
        .sideBySide(() -> {});
  }

  private static Examples scaled(Examples examples, float factor) {
    float[] features = examples.features().clone();
    for (int i = 0; i < features.length; i++) {
      features[i] *= factor;
    }
    return new Examples(features, examples.labels(), examples.inputs());
  }

  @Test
  void oneUlpInOneUnitIsNamedAsDifferenceAndAsBrokenLockstep() {
    CellResult result =
        run(new Cell(33, 7, 1, Activation.TANH, "equal"), 6, SCALAR, new FaultyBackend(VECTOR, 3));

    Outcome faulty = result.outcomes().get(1);
    assertThat(faulty.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(faulty.lockstep())
        .isEqualTo(new LockstepState.Broken(3, 1, 33, 32, 32, 2, "update"));
    Difference difference = Objects.requireNonNull(faulty.agreements().getFirst().difference());
    assertThat(difference.step()).isEqualTo(3);
    assertThat(difference.tensor()).isEqualTo("W1");
    assertThat(difference.row()).isZero();
    assertThat(difference.column()).isEqualTo(32);
    assertThat(Math.abs(difference.actualBits() - difference.expectedBits())).isEqualTo(1);
  }

  /** 64-7-10: 535 parameters, 17 activations a row; 1797 rows of 64 numbers and a label. */
  @Test
  void errorLargerThanRoundingExplainsIsAnAlarm() {
    Outcome off =
        run(
                new Cell(64, 33, 1, Activation.TANH, "random"),
                1,
                SCALAR,
                new FaultyScalar("library", Kind.LIBRARY, Fault.AB_OFF_BY_A_MILLIONTH))
            .outcomes()
            .getLast();
    assertThat(off.verdict()).isEqualTo(Verdict.ALARM);
    assertThat(off.code()).isEqualTo(Code.ERROR_ALARM);
    assertThat(off.reason())
        .startsWith("ALARM (operations): step 1, product of layer 1: ")
        .endsWith("; a sound check shows that once in 1e+06");
    assertThat(off.agreements())
        .extracting(Agreement::label)
        .contains("ALARM (operations, by chance 1e-06)");
  }

  @Test
  void everyBackendAddsWhatItNeeds() {
    Scenario scenario =
        new Cell(7, 33, 1, Activation.TANH, "equal")
            .scenario(new DataSource.EmbeddedDigits(), 1, SEED);
    long shared = 4 * (1797 * 65L) + 4 * 535 + 8 * 2 * 7 * (64 + 1 + 10);
    // Parameters: a trainer's 2, before and after, 1 of a probe; activations: 2 batches of a
    // trainer, 4 of a probe, the rows evaluated on.
    long backend = 5 * 535 + (6 * 33 + 450) * 17L;
    long judge = (2 + 1 + 3) * 535 + 6 * 33 * 17L;

    assertThat(memory(scenario, List.of(SCALAR)).bytes()).isEqualTo(shared + 4 * backend);
    assertThat(memory(scenario, List.of(SCALAR, VECTOR)).bytes())
        .isEqualTo(shared + 2 * 4 * backend);
    assertThat(memory(scenario, List.of(SCALAR, VECTOR, DOUBLE)).bytes())
        .isEqualTo(shared + 2 * 4 * backend + 8 * (backend + judge));
  }

  @Test
  void aLibraryMayBreakLockstepAndIsJudgedByTheBound() {
    Cell cell = new Cell(33, 7, 1, Activation.TANH, "equal");
    CellResult result =
        run(
            cell,
            60,
            SCALAR,
            new FaultyBackend(VECTOR, Kind.LIBRARY, OperandRounding.NONE, 3),
            DOUBLE);

    Outcome library = result.outcomes().get(1);
    assertThat(library.verdict()).isEqualTo(Verdict.AGREES);
    assertThat(library.complaint()).isEmpty();
    assertThat(library.finding())
        .contains(
            "LOCKSTEP BROKEN (library order) at step 3, hidden layer 1, units 32 to 32 of 33 (2"
                + " classes), by the update");
    // Its first and last step; the first one also against the network with one unit a layer; and
    // all of them together.
    assertThat(library.agreements()).extracting(Agreement::steps).containsExactly(2, 1, 60);
    assertThat(library.agreements())
        .extracting(Agreement::tier)
        .containsExactly(Tier.OPERATIONS, Tier.QUOTIENT, Tier.VERDICTS);
    assertThat(library.agreements().subList(0, 2))
        .allSatisfy(agreement -> assertThat(agreement.share()).isBetween(1e-6, 1.0));
    // What it does says nothing about the others.
    assertThat(result.outcomes().get(2).agreements().getFirst().steps()).isEqualTo(2);
  }

  @Test
  void aLibraryOutsideItsBoundDiffers() {
    // The weight behind a pixel that is always empty: its gradient is zero, and the update, which
    // is canonical, must leave its bits.
    Cell cell = new Cell(33, 7, 1, Activation.TANH, "equal");
    for (OperandRounding rounding : EnumSet.complementOf(EnumSet.of(OperandRounding.BINARY64))) {
      // Without an oracle among the backends it is judged all the same.
      Outcome library =
          run(cell, 60, SCALAR, new FaultyBackend(VECTOR, Kind.LIBRARY, rounding, 1))
              .outcomes()
              .get(1);
      assertThat(library.verdict()).isEqualTo(Verdict.DIFFERS);
      assertThat(library.complaint().orElseThrow())
          .matches("DIFFERS \\(operations\\): step 1, W1\\[0]\\[32]: .* expected, .* found");
    }
  }

  @Test
  void tensorsOnADeviceTakeNoHeap() {
    Cell cell = new Cell(1021, 250, 2, Activation.TANH, "equal");
    Scenario scenario = cell.scenario(new DataSource.EmbeddedDigits(), 10, SEED);
    Network network = scenario.network(DIGITS);
    int rows = DIGITS.test().rows();
    long onHost = memory(scenario, List.of(SCALAR, VECTOR)).bytes();
    long onDevice = memory(scenario, List.of(SCALAR, Backends.named("test", "cuda"))).bytes();

    assertThat(onHost - onDevice)
        .isEqualTo(
            MemoryNeed.ofTrainer(network, 250, rows, Float.BYTES).bytes()
                - MemoryNeed.ofEvaluation(network, rows, Float.BYTES).bytes())
        .isGreaterThan(8_000_000);
  }

  @Test
  void zeroWeightsProveNothing() {
    CellResult result = run(new Cell(7, 33, 1, Activation.TANH, "zero"), 20, SCALAR, VECTOR);

    assertThat(result.outcomes())
        .allSatisfy(
            outcome -> {
              assertThat(outcome.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
              assertThat(outcome.lockstep())
                  .hasToString(
                      "INCONCLUSIVE (did not move: the gradients of hidden layer 1 are zero)");
            });
  }

  @Test
  void randomUnitsAreAllDifferentAfterOneStep() {
    CellResult result = run(new Cell(129, 33, 1, Activation.RELU, "random"), 5, SCALAR, VECTOR);

    assertThat(result.outcomes())
        .allSatisfy(outcome -> assertThat(outcome.atFirst().classes()).isEqualTo(129));
  }
}
