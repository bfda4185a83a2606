package dev.lockstep.gpu.emulated;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import java.util.List;
import org.junit.platform.engine.discovery.NestedMethodSelector;

/**
 * Cases of {@link dev.lockstep.backend.BackendContract} that can be run one by one. Their classes
 * are not to be named from here, so that they are known by their names.
 */
enum ContractCase {
  PRODUCTS("Products", "productsAtAwkwardSizes", "dev.lockstep.program.ProductForm"),
  ACCUMULATOR_OF_MINUS_ZERO("Products", "accumulatorOfMinusZero", "int"),
  ACTIVATIONS("OtherOperations", "activations", "dev.lockstep.model.Activation"),
  DERIVATIVES("OtherOperations", "derivatives", "dev.lockstep.model.Activation"),
  CROSS_ENTROPY("OtherOperations", "crossEntropy", "int"),
  SQUARED_ERROR("OtherOperations", "squaredError", "int"),
  COLUMN_SUMS("OtherOperations", "columnSumsAscend", ""),
  UPDATES("OtherOperations", "updates", "dev.lockstep.model.Update"),
  SINGLE_STEP("SingleSteps", "aStepIsMadeOfTheOperations", "dev.lockstep.model.Activation"),
  TRAINING("Training", "agreesWithScalarAfterEveryStep", "dev.lockstep.model.Activation"),
  NOISE("Training", "agreesWithScalarUnderNoise", "dev.lockstep.model.Activation"),
  LOCKSTEP("Training", "equalUnitsStayInLockstep", "dev.lockstep.model.Activation");

  private final String suite;
  private final String method;
  private final String parameters;

  ContractCase(String suite, String method, String parameters) {
    this.suite = suite;
    this.method = method;
    this.parameters = parameters;
  }

  /** The case as the contract has it for the backend of a test class. */
  NestedMethodSelector of(Class<?> contract) {
    return selectNestedMethod(
        List.of(contract.getName()),
        "dev.lockstep.backend.BackendContract$" + suite,
        method,
        parameters);
  }
}
