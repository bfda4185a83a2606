package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.DelegatingTrainer;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.cpu.FaultyScalar;
import dev.lockstep.cpu.FaultyScalar.Fault;
import dev.lockstep.data.Digits;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A disagreement with the oracle blames somebody only if a third backend can tell. */
final class DisputeTest {

  private static final Backend SCALAR = Backends.named("test", "scalar");
  private static final Backend VECTOR = Backends.named("test", "vector");
  private static final Backend DOUBLE = Backends.named("test", "double");

  /**
   * An oracle whose gradients are half as large again.
   *
   * @param widest the widest hidden layer of networks in which they are
   */
  private record WrongOracle(Backend sound, int widest) implements DelegatingBackend {

    @Override
    public String name() {
      return "double";
    }

    @Override
    public Trainer open(Workload workload, Resources resources) {
      Trainer right = sound.open(workload, resources);
      return workload.network().hidden().getFirst() <= widest ? new WrongTrainer(right) : right;
    }
  }

  private record WrongTrainer(Trainer sound) implements DelegatingTrainer {

    @Override
    public Probe probe() {
      Probe right = sound.probe();
      Map<Tensor, Matrix> shown = new HashMap<>(right.tensors());
      for (Tensor gradient : right.program().gradients().values()) {
        DoubleMatrix wrong = right.of(gradient).widened();
        for (int i = 0; i < wrong.size(); i++) {
          wrong.data()[i] *= 1.5;
        }
        shown.put(gradient, wrong);
      }
      return new Probe(right.loss(), right.program(), shown);
    }
  }

  private static CellResult run(String init, CellOptimizer optimizer, Backend... backends) {
    // Equal units have to move.
    int steps = init.equals("equal") ? 60 : 4;
    int depth = init.equals("equal") ? 1 : 2;
    Cell cell = new Cell(33, 7, depth, Activation.TANH, init, optimizer, Loss.CROSS_ENTROPY, 0);
    return new CellRun(
            cell,
            cell.scenario(new DataSource.EmbeddedDigits(), steps, Cell.USUAL_SEED),
            Digits.load(),
            List.of(backends),
            new Resources(1))
        .sideBySide(() -> {});
  }

  private static String complaint(CellResult result, String backend) {
    return result.outcomes().stream()
        .filter(outcome -> outcome.backend().equals(backend))
        .findFirst()
        .orElseThrow()
        .complaint()
        .orElse("");
  }

  private static FaultyScalar exact(String name, Fault fault) {
    return new FaultyScalar(name, Kind.EXACT, fault);
  }

  /** The reference differs from everybody else. */
  @Test
  void theReferenceIsBlamedIfTheOthersAgree() {
    CellResult result =
        run(
            "random",
            CellOptimizer.SGD,
            exact("scalar", Fault.TANH_SLOPE_NOT_SQUARED),
            VECTOR,
            DOUBLE);
    assertThat(complaint(result, "scalar"))
        .startsWith("DIFFERS (bound): scalar and double disagree: ")
        .contains("disagree: step 1, delta of layer 2[", " on double, ", " on scalar; ")
        .endsWith(
            "; vector agrees with double; an operation of scalar does not compute its formula: the"
                + " fault is in scalar");
    assertThat(complaint(result, "vector"))
        .startsWith("DIFFERS (bits): step 1, delta of layer 2[0][0]: ")
        .endsWith("; double sides with vector against scalar");
    assertThat(complaint(result, "double")).isEmpty();
  }

  @Test
  void anExactBackendIsBlamedIfTheReferenceAgrees() {
    CellResult result =
        run(
            "random",
            CellOptimizer.SGD,
            SCALAR,
            exact("wrong", Fault.TANH_SLOPE_NOT_SQUARED),
            DOUBLE);
    assertThat(complaint(result, "wrong")).endsWith("; double sides with scalar");
    assertThat(complaint(result, "scalar")).isEmpty();
    assertThat(complaint(result, "double")).isEmpty();
    CellResult rounded =
        run("random", CellOptimizer.SGD, SCALAR, exact("wrong", Fault.PRODUCT_DESCENDS), DOUBLE);
    assertThat(complaint(rounded, "wrong"))
        .endsWith("; both are within the rounding bound of double");
  }

  /** What all exact backends have in common. */
  @Test
  void theOperationsTellThatBackendsAreWrong() {
    Fault fault = Fault.NESTEROV_VELOCITY_WITHOUT_DECAY;
    CellResult result =
        run(
            "random",
            CellOptimizer.NESTEROV,
            exact("scalar", fault),
            exact("vector", fault),
            DOUBLE);
    for (String blamed : List.of("scalar", "vector")) {
      assertThat(complaint(result, blamed))
          .startsWith("DIFFERS (bound): scalar and double disagree: ")
          .contains("disagree: step 1, W1[")
          .endsWith(
              "; vector has the bits of scalar; an operation of scalar does not compute its"
                  + " formula: the fault is in scalar");
    }
    assertThat(complaint(result, "double")).isEmpty();
  }

  /** The trainer of the oracle is wrong, and its operations are right. */
  @Test
  void theOperationsTellThatTheOracleIsWrong() {
    Backend wrong = new WrongOracle(DOUBLE, 1000);
    assertThat(complaint(run("random", CellOptimizer.SGD, SCALAR, wrong), "double"))
        .startsWith("DIFFERS (bound): scalar and double disagree: ")
        .endsWith("; each operation of scalar computes its formula: the fault is in double");
  }

  @Test
  void withoutOperationsAThirdDecides() {
    Agreement differs = Agreement.within(Tier.BOUND, 1, 2, null);
    assertThat(dispute(List.of(), List.of()).explained(differs).reason())
        .isEqualTo(
            "scalar and double disagree: 200% of the bound used; which of the two is wrong is"
                + " undecided");
    assertThat(dispute(List.of("mkl"), List.of()).explained(differs).reason())
        .endsWith("; mkl agrees with double: the fault is in scalar");
    assertThat(dispute(List.of(), List.of("numpy")).explained(differs).reason())
        .endsWith("; numpy disagrees with double there too: the fault is in double");
  }

  private static Dispute dispute(List<String> withOracle, List<String> against) {
    return new Dispute("scalar", "double", List.of(), withOracle, against, null);
  }

  @Test
  void aQuotientThatContradictsTheWholeNetworkIsTheOraclesFault() {
    CellResult result = run("equal", CellOptimizer.SGD, SCALAR, VECTOR, new WrongOracle(DOUBLE, 1));
    assertThat(complaint(result, "double"))
        .startsWith("DIFFERS (quotient): scalar and double disagree: ")
        .contains("step 1, gradient of W1[1][0]: ")
        .endsWith("; double agrees with scalar on the whole network: the fault is in double");
    assertThat(complaint(result, "scalar")).isEmpty();

    CellResult wrong =
        run(
            "equal",
            CellOptimizer.SGD,
            exact("scalar", Fault.TANH_SLOPE_NOT_SQUARED),
            DOUBLE,
            VECTOR);
    Agreement quotient =
        wrong.outcomes().getFirst().agreements().stream()
            .filter(each -> each.tier() == Tier.QUOTIENT)
            .findFirst()
            .orElseThrow();
    assertThat(quotient.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(Objects.requireNonNull(quotient.difference()).tensor()).startsWith("gradient of ");
    assertThat(quotient.reason()).endsWith("vector agrees with double: the fault is in scalar");
  }
}
