package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.AlteredBackend.Alteration;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Learning;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract sees the mistakes it is there for. */
final class BrokenKernelTest {

  @Test
  void theContractPassesWhatIsRight() {
    Subject right = exact(Alteration.NONE);
    for (ProductForm form : ProductForm.values()) {
      passes(() -> new ProductContract(right) {}.productsAtAwkwardSizes(form));
    }
    passes(() -> new ProductContract(right) {}.accumulatorOfMinusZero(9));
    for (Activation activation : Activation.values()) {
      passes(() -> new OperationsContract(right) {}.activations(activation));
      passes(() -> new OperationsContract(right) {}.derivatives(activation));
      passes(() -> new StepContract(right) {}.aStepIsMadeOfTheOperations(activation));
      passes(() -> new TrainingContract(right) {}.agreesWithScalarAfterEveryStep(activation));
      passes(() -> new TrainingContract(right) {}.equalUnitsStayInLockstep(activation));
    }
    passes(() -> new OperationsContract(right) {}.crossEntropy(7));
    passes(new OperationsContract(right) {}::columnSumsAscend);
    passes(() -> new OperationsContract(right) {}.updates(Update.sgd(0.1f)));
    passes(new OperationsContract(right) {}::argumentsAreLeftAlone);
    passes(new LifecycleContract(right) {}::aLossThatIsNotFiniteStopsUpdates);
    passes(new TrainingContract(right) {}::anOverflowStopsAtTheStepItStopsScalar);
    passes(new TrainingContract(right) {}::evaluationAgreesWithScalar);
    GoldenScenario.all()
        .filter(each -> each.scenario().noise() == 0) // its evaluation has noise
        .forEach(each -> passes(() -> new GoldenContract(right) {}.bitsAreAsRecorded(each)));
  }

  // Exact

  @ParameterizedTest
  @EnumSource
  void aTailWithoutFma(ProductForm form) {
    ProductContract contract = new ProductContract(exact(Alteration.TAIL_WITHOUT_FMA)) {};
    fails(() -> contract.productsAtAwkwardSizes(form));
  }

  @Test
  void aTailWithoutFmaBreaksLockstep() {
    TrainingContract contract = new TrainingContract(exact(Alteration.TAIL_WITHOUT_FMA)) {};
    assertThatThrownBy(() -> contract.equalUnitsStayInLockstep(Activation.TANH))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("unit classes of hidden layer");
  }

  @ParameterizedTest
  @EnumSource
  void productsWithoutFma(ProductForm form) {
    ProductContract contract = new ProductContract(exact(Alteration.WITHOUT_FMA)) {};
    fails(() -> contract.productsAtAwkwardSizes(form));
  }

  @ParameterizedTest
  @EnumSource
  void termsInDescendingOrder(ProductForm form) {
    ProductContract contract = new ProductContract(exact(Alteration.DESCENDING)) {};
    fails(() -> contract.productsAtAwkwardSizes(form));
  }

  @ParameterizedTest
  @EnumSource
  void theInnerDimensionSplitInTwo(ProductForm form) {
    ProductContract contract = new ProductContract(exact(Alteration.SPLIT_IN_TWO)) {};
    fails(() -> contract.productsAtAwkwardSizes(form));
  }

  @Test
  void anInnerDimensionPaddedWithZeros() {
    ProductContract contract = new ProductContract(exact(Alteration.PADDED)) {};
    fails(() -> contract.accumulatorOfMinusZero(9));
  }

  /** The delta below a layer computed with weights that the step has already changed. */
  @ParameterizedTest
  @EnumSource
  void gradientsWithUpdatedWeights(Activation activation) {
    Subject subject =
        new Subject(
            new AlteredBackend(Kind.EXACT, Alteration.NONE, OperationsTrainer.Order.LAYER_BY_LAYER),
            Extent.FULL);
    assertThatThrownBy(() -> new StepContract(subject) {}.aStepIsMadeOfTheOperations(activation))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("delta of layer");
    fails(() -> new TrainingContract(subject) {}.agreesWithScalarAfterEveryStep(activation));
  }

  /** Steps that differ a little are told from those recorded, and it is said in what. */
  @Test
  void anotherBitThanWasRecorded() {
    Subject subject = exact(Alteration.SUMS_DESCEND);
    GoldenScenario scenario =
        GoldenScenario.all().filter(each -> each.name().equals("gelu")).findFirst().orElseThrow();
    assertThatThrownBy(() -> new GoldenContract(subject) {}.bitsAreAsRecorded(scenario))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("gelu on altered")
        .hasMessageContaining("parameters: ")
        .hasMessageContaining(" recorded, ")
        .hasMessageNotContaining("moments");
  }

  // Exact and library: both owe canonical bits in everything but products. What is no rounding, a
  // library of whole steps may not do either

  @ParameterizedTest
  @EnumSource(names = {"EXACT", "LIBRARY"})
  void aReluThatKeepsMinusZero(Kind kind) {
    OperationsContract contract = operations(kind, Alteration.RELU_KEEPS_MINUS_ZERO);
    fails(() -> contract.activations(Activation.RELU));
  }

  @ParameterizedTest
  @EnumSource(names = {"EXACT", "LIBRARY"})
  void aSlopeOfTanhWithoutFma(Kind kind) {
    OperationsContract contract = operations(kind, Alteration.SLOPE_WITHOUT_FMA);
    fails(() -> contract.derivatives(Activation.TANH));
    fails(() -> step(kind, Alteration.SLOPE_WITHOUT_FMA, Activation.TANH));
  }

  @ParameterizedTest
  @EnumSource(names = {"EXACT", "LIBRARY"})
  void columnSumsInDescendingOrder(Kind kind) {
    fails(operations(kind, Alteration.SUMS_DESCEND)::columnSumsAscend);
    fails(() -> step(kind, Alteration.SUMS_DESCEND, Activation.RELU));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ORACLE")
  void aSoftmaxThatDoesNotSubtractTheMaximum(Kind kind) {
    OperationsContract contract = operations(kind, Alteration.SOFTMAX_WITHOUT_MAXIMUM);
    fails(() -> contract.crossEntropy(7));
  }

  @ParameterizedTest
  @EnumSource(names = {"EXACT", "LIBRARY"})
  void squaresWithoutFma(Kind kind) {
    OperationsContract contract = operations(kind, Alteration.SQUARES_WITHOUT_FMA);
    fails(() -> contract.squaredError(7));
  }

  @ParameterizedTest
  @EnumSource(names = {"EXACT", "LIBRARY"})
  void anUpdateWithoutFma(Kind kind) {
    OperationsContract contract = operations(kind, Alteration.SGD_WITHOUT_FMA);
    fails(() -> contract.updates(Update.sgd(0.1f)));
    Subject subject = subject(kind, Alteration.SGD_WITHOUT_FMA);
    fails(() -> new TrainingContract(subject) {}.agreesWithScalarAfterEveryStep(Activation.TANH));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ORACLE")
  void anUpdateThatForgetsItsMoments(Kind kind) {
    Update update = new Update(new Rule.Momentum(0.9f), 0.1f, 0);
    fails(() -> operations(kind, Alteration.FORGETS_MOMENTS).updates(update));
    if (kind != Kind.LIBRARY_STEP) {
      Learning momentum = Samples.optimizers().get(2);
      Subject subject = subject(kind, Alteration.FORGETS_MOMENTS);
      fails(() -> new TrainingContract(subject) {}.agreesWithScalarUnderEveryOptimizer(momentum));
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ORACLE")
  void aKernelThatWritesItsArgument(Kind kind) {
    fails(operations(kind, Alteration.WRITES_ITS_ARGUMENT)::argumentsAreLeftAlone);
  }

  // Library: products within the bound, and always the same

  @ParameterizedTest
  @EnumSource(names = {"LIBRARY", "LIBRARY_STEP"})
  void aLibraryThatDropsATerm(Kind kind) {
    Subject subject = subject(kind, Alteration.DROPS_A_TERM);
    for (ProductForm form : ProductForm.values()) {
      fails(() -> new ProductContract(subject) {}.productsAtAwkwardSizes(form));
    }
    fails(() -> step(kind, Alteration.DROPS_A_TERM, Activation.TANH));
  }

  @ParameterizedTest
  @EnumSource(names = {"LIBRARY", "LIBRARY_STEP"})
  void aLibraryThatRoundsOperandsAndDoesNotSaySo(Kind kind) {
    Subject subject = subject(kind, Alteration.UNDECLARED_TF32_OPERANDS);
    for (ProductForm form : ProductForm.values()) {
      fails(() -> new ProductContract(subject) {}.productsAtAwkwardSizes(form));
    }
    fails(() -> step(kind, Alteration.UNDECLARED_TF32_OPERANDS, Activation.TANH));
    assertThatThrownBy(
            () -> new TrainingContract(subject) {}.agreesWithScalarAfterEveryStep(Activation.TANH))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("bound");
  }

  @Test
  void aLibraryWhoseBitsChange() {
    Subject subject = subject(Kind.LIBRARY, Alteration.CHANGES_WITH_TIME);
    assertThatThrownBy(() -> new ProductContract(subject) {}.productsAtAwkwardSizes(ProductForm.AB))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("once more");
  }

  private static void step(Kind kind, Alteration alteration, Activation activation) {
    new StepContract(subject(kind, alteration)) {}.aStepIsMadeOfTheOperations(activation);
  }

  private static OperationsContract operations(Kind kind, Alteration alteration) {
    return new OperationsContract(subject(kind, alteration)) {};
  }

  private static Subject exact(Alteration alteration) {
    return subject(Kind.EXACT, alteration);
  }

  private static Subject subject(Kind kind, Alteration alteration) {
    return new Subject(new AlteredBackend(kind, alteration), Extent.FULL);
  }

  private static void passes(ThrowingCallable check) {
    assertThatCode(check).doesNotThrowAnyException();
  }

  private static void fails(ThrowingCallable check) {
    assertThatThrownBy(check).isInstanceOf(AssertionError.class);
  }
}
