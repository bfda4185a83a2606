package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.cells.FailingBackend.Moment;
import dev.lockstep.bench.cells.OwnOrders.Effort;
import dev.lockstep.bench.cells.OwnOrders.State;
import dev.lockstep.cpu.FaultyScalar;
import dev.lockstep.cpu.FaultyScalar.Fault;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.scenario.DataSource;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replays of a library's steps in its own order, which see what no bound and no statistic does. */
final class OwnOrderTest {
  private static final Resources ONE = new Resources(1);
  private static final long SEED = 11;

  /** A library's outcome, and what was found out about its orders. */
  private record Judged(Outcome outcome, OwnOrders.Summary orders) {
    private List<Tier> tiers() {
      return outcome.agreements().stream().map(Agreement::tier).toList();
    }

    private Agreement in(Tier tier) {
      return outcome.agreements().stream()
          .filter(agreement -> agreement.tier() == tier)
          .findFirst()
          .orElseThrow();
    }
  }

  private static Judged judged(int width, String init, Fault fault, Effort effort) {
    Cell cell = new Cell(width, 33, 2, Activation.TANH, init);
    List<Backend> backends =
        List.of(Backends.named("test", "vector"), new FaultyScalar("library", Kind.LIBRARY, fault));
    LostDevice lost = new LostDevice();
    try (OwnOrders orders = new OwnOrders(effort)) {
      CellRun run =
          new CellRun(
              cell,
              cell.scenario(new DataSource.EmbeddedDigits(), 1, SEED),
              Digits.load(),
              backends,
              ONE,
              lost,
              orders);
      orders.reveal(backends, ONE, lost, run.products().collect(Collectors.toSet()), () -> {});
      Outcome outcome = run.sideBySide(() -> {}).outcomes().getLast();
      return new Judged(outcome, orders.summary());
    }
  }

  @ParameterizedTest
  @CsvSource({"64, random", "33, equal", "250, random"})
  void soundLibraryHasTheBitsOfItsReplay(int width, String init) {
    Judged sound = judged(width, init, Fault.PRODUCT_DESCENDS, Effort.THOROUGH);
    assertThat(sound.in(Tier.OWN_ORDER).label()).isEqualTo("AGREES (bits, own order)");
    assertThat(sound.in(Tier.OPERATIONS).agrees()).isTrue();
    assertThat(sound.orders().count(State.REVEALED)).isEqualTo(sound.orders().known().size());
    assertThat(sound.orders().replayed()).isEqualTo(sound.orders().products()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "64, AB, product of layer 1",
    "64, ABT, upstream gradient of layer 2",
    "64, ATB, gradient of W3"
  })
  void oneWrongBitIsNamed(int width, String form, String tensor) {
    requireOneWrongBitToBeNamed(width, form, tensor);
  }

  @Tag("thorough")
  @ParameterizedTest
  @CsvSource({
    "1021, AB, product of layer 1",
    "1021, ABT, upstream gradient of layer 2",
    "1021, ATB, gradient of W3"
  })
  void oneWrongBitOfAWideNetworkIsNamed(int width, String form, String tensor) {
    requireOneWrongBitToBeNamed(width, form, tensor);
  }

  private static void requireOneWrongBitToBeNamed(int width, String form, String tensor) {
    Fault fault = Fault.valueOf(form + "_OFF_BY_A_BIT_IN_STEPS");
    Judged wrong = judged(width, "random", fault, Effort.THOROUGH);
    assertThat(wrong.in(Tier.OPERATIONS).agrees()).isTrue();
    assertThat(wrong.in(Tier.OWN_ORDER).verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(wrong.outcome().verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(wrong.outcome().code()).isEqualTo(Code.OWN_ORDER_DIFFERS);
    assertThat(wrong.outcome().reason())
        .as("seed %d", SEED)
        .startsWith("DIFFERS (own order): step 1, " + tensor + "[0][")
        .contains("the library's single product of the same operands has the expected bits: one")
        .endsWith(" fma");
  }

  @Test
  void otherOrderInStepsIsNoFault() {
    Judged other = judged(64, "random", Fault.PRODUCT_DESCENDS_IN_STEPS, Effort.THOROUGH);
    assertThat(other.outcome().verdict()).isEqualTo(Verdict.AGREES);
    assertThat(other.tiers()).doesNotContain(Tier.OWN_ORDER);
    assertThat(other.in(Tier.OPERATIONS).reason())
        .contains("products replayed in the library's own order; step 1, product of layer 1: ")
        .endsWith(": the step adds in another order than a single product");
  }

  @Test
  void orderThatDependsOnTheNumbersIsNoFault() {
    Judged other = judged(64, "random", Fault.PRODUCT_DESCENDS_FROM_MANY_BITS, Effort.THOROUGH);
    assertThat(other.outcome().verdict()).isEqualTo(Verdict.AGREES);
    assertThat(other.tiers()).doesNotContain(Tier.OWN_ORDER);
    assertThat(other.in(Tier.OPERATIONS).reason())
        .contains("products replayed in the library's own order; ");
  }

  @Test
  void unrevealedProductsAreJudgedByBounds() {
    Judged off = judged(64, "random", Fault.AB_OFF_BY_A_MILLIONTH, Effort.THOROUGH);
    assertThat(off.tiers()).doesNotContain(Tier.OWN_ORDER);
    assertThat(off.orders().known())
        .filteredOn(known -> known.state() == State.NOT_REVEALED)
        .isNotEmpty()
        .allSatisfy(known -> assertThat(known.evidence()).isNotEmpty());
    assertThat(off.in(Tier.OPERATIONS).reason()).contains(" was not revealed, ");
  }

  @Test
  void aLibraryThatFailsEndsItsOwnPartOnly() {
    Backend failing =
        new FailingBackend(new FaultyScalar("library", Kind.LIBRARY, Fault.NONE), Moment.PRODUCT);
    Backend sound = new FaultyScalar("sound", Kind.LIBRARY, Fault.NONE);
    try (OwnOrders orders = new OwnOrders(Effort.USUAL)) {
      orders.reveal(
          List.of(failing, sound),
          ONE,
          new LostDevice(),
          List.of(new ProductShape(ProductForm.AB, 7, 33, 9)),
          () -> {});
      assertThat(orders.summary().known())
          .extracting(OwnOrders.Known::state)
          .containsExactly(State.NOT_REVEALED, State.REVEALED);
      assertThat(orders.summary().known().getFirst().evidence()).startsWith("failed: ");
    }
  }

  @Test
  void breakNamesTheTreesOfBothUnits() {
    Judged broken = judged(33, "equal", Fault.FIRST_ROW_IN_TWO_ACCUMULATORS, Effort.THOROUGH);
    assertThat(broken.outcome().finding().orElseThrow())
        .endsWith(
            "by the weight gradient: in the gradient of W3 (ATB 33 x 10 x 33), unit 0 is 2 chains"
                + " of k mod 2, fma, added, and unit 1 is one chain of 33 fma; equal units of"
                + " random numbers come apart in this product too");
  }

  @Test
  void breakOutsideOfProductsIsNotExplained() {
    Cell cell = new Cell(33, 33, 1, Activation.TANH, "equal");
    List<Backend> backends =
        List.of(
            Backends.named("test", "scalar"),
            new FaultyBackend(
                Backends.named("test", "vector"), Kind.LIBRARY, OperandRounding.NONE, 1));
    try (OwnOrders orders = new OwnOrders(Effort.THOROUGH)) {
      Outcome outcome =
          new CellRun(
                  cell,
                  cell.scenario(new DataSource.EmbeddedDigits(), 2, SEED),
                  Digits.load(),
                  backends,
                  ONE,
                  new LostDevice(),
                  orders)
              .sideBySide(() -> {})
              .outcomes()
              .getLast();
      assertThat(outcome.finding().orElseThrow()).endsWith("by the update");
    }
  }

  @Test
  void nothingIsRevealedUnlessAsked() {
    Judged unasked = judged(64, "random", Fault.NONE, Effort.NONE);
    assertThat(unasked.orders()).isEqualTo(OwnOrders.Summary.NONE);
    assertThat(unasked.tiers()).doesNotContain(Tier.OWN_ORDER);
    assertThat(unasked.in(Tier.OPERATIONS).reason()).doesNotContain("own order");
  }
}
