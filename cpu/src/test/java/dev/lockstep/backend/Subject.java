package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.lockstep.agreement.Difference;
import dev.lockstep.cpu.DoubleBackend;
import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;

/**
 * A backend under the contract: how it is opened, and how strictly what it computes is compared.
 *
 * @param backend what is tested
 * @param extent at which sizes
 */
record Subject(Backend backend, Extent extent) {

  private static final Resources ONE_THREAD = new Resources(1);

  /** Whether its products have canonical bits. */
  boolean exact() {
    return backend.kind() == Kind.EXACT;
  }

  /** Whether everything but its products has canonical bits. */
  boolean canonical() {
    return exact() || backend.kind() == Kind.LIBRARY;
  }

  boolean oracle() {
    return backend.kind() == Kind.ORACLE;
  }

  /** What it does to the operands of a product. */
  OperandRounding operandRounding() {
    return backend.operandRounding();
  }

  /** What it does with subnormal numbers. */
  Subnormals subnormals() {
    return backend.subnormals();
  }

  /** Unit roundoff of its precision. */
  double unit() {
    return oracle() ? 0x1p-53 : 0x1p-24;
  }

  Operations operations(int threads) {
    return backend.operations(new Resources(threads));
  }

  Trainer open(Workload workload, int threads) {
    return backend.open(workload, new Resources(threads));
  }

  /** Aborts a test if a program says that it cannot train this; the other backends can. */
  void assumeSupports(Workload workload) {
    try (Trainer trainer = open(workload, 1)) {
      assertThat(trainer.step()).isZero();
    } catch (UnavailableException e) {
      if (backend.placement() != Backend.Placement.PROCESS) {
        throw e;
      }
      Assumptions.abort(e.availability().toString());
    }
  }

  /** The single operations of {@code scalar}. */
  static Operations scalar() {
    return new ScalarBackend().operations(ONE_THREAD);
  }

  /** Where expected values of everything but products come from, elementary functions too. */
  Operations elementary() {
    return (oracle() ? new DoubleBackend() : new ScalarBackend()).operations(ONE_THREAD);
  }

  /** The same, written down a second time; its tanh is good to an ulp only. */
  NaiveArithmetic naive() {
    return oracle() ? NaiveArithmetic.BINARY64 : NaiveArithmetic.BINARY32;
  }

  /**
   * A trainer whose bits are demanded: {@code scalar}, or for a library one put together from its
   * own products and {@code scalar}'s other operations.
   */
  Trainer reference(Workload workload, int threads) {
    return switch (backend.kind()) {
      case EXACT -> new ScalarBackend().open(workload, ONE_THREAD);
      case LIBRARY ->
          new OperationsTrainer(
              workload,
              new OwnProducts(operations(threads), scalar()),
              OperationsTrainer.Order.AFTER_ALL_GRADIENTS);
      case LIBRARY_STEP, ORACLE ->
          throw new IllegalStateException("only bounds are demanded of " + backend.name());
    };
  }

  /** A matrix in the backend's precision. */
  Matrix own(FloatMatrix matrix) {
    return oracle() ? matrix.widened() : matrix;
  }

  /** The product by definition, in the precision it is judged in. */
  Matrix naiveProduct(ProductForm form, Matrix a, Matrix b) {
    return (exact() ? NaiveArithmetic.BINARY32 : NaiveArithmetic.BINARY64).product(form, a, b);
  }

  /**
   * The product that a step must have gone on with: the one by definition, or for a library the one
   * of its own operations, after a look at it.
   */
  Matrix productInStep(Operations operations, ProductForm form, Matrix a, Matrix b) {
    if (!backend.kind().isLibrary()) {
      return naiveProduct(form, a, b);
    }
    Matrix product = operations.product(form, a, b);
    agreeAsProduct(
        String.format(Locale.ROOT, "%s of %s and %s", form, a.shape(), b.shape()),
        form,
        a,
        b,
        product);
    return product;
  }

  /** Compares a product of its operations with the definition. */
  void agreeAsProduct(String what, ProductForm form, Matrix a, Matrix b, Matrix actual) {
    Matrix expected = naiveProduct(form, a, b);
    if (exact()) {
      sameBits(what, expected, actual);
    } else {
      Matrix magnitude = productMagnitude(form, a, b);
      int terms = form == ProductForm.ATB ? a.rows() : a.columns();
      close(what, expected, actual, magnitude, terms, operandRounding());
    }
  }

  /**
   * Compares what is not a product: bits, or for the oracle within {@code 2 (terms + 4) u} times
   * the magnitude of each element.
   */
  void agree(String what, Matrix expected, Matrix actual, Matrix magnitude, int terms) {
    if (canonical()) {
      sameBits(what, expected, actual);
    } else {
      close(what, expected, actual, magnitude, terms);
    }
  }

  /** Compares within {@code 2 (terms + 4) u} times the magnitude of each element. */
  void close(String what, Matrix expected, Matrix actual, Matrix magnitude, int terms) {
    close(what, expected, actual, magnitude, terms, OperandRounding.NONE);
  }

  private void close(
      String what,
      Matrix expected,
      Matrix actual,
      Matrix magnitude,
      int terms,
      OperandRounding rounding) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    // Operands are at most 1 where they are subnormal.
    double ofResult = oracle() ? 0x1p-1074 : 2 * subnormals().ofResult();
    double ofOperand = Math.max(rounding.ofSubnormal(), subnormals().ofOperand());
    double underflow = terms * (ofResult + 3 * ofOperand);
    double relative =
        2 * (terms + 4) * unit()
            + rounding.ofProduct()
            + (rounding == OperandRounding.NONE ? 0 : 2 * rounding.ofSum(terms));
    for (int i = 0; i < expected.size(); i++) {
      double wanted = expected.value(i);
      double found = actual.value(i);
      boolean near =
          Double.isFinite(wanted)
              && Math.abs(wanted - found) <= relative * magnitude.value(i) + underflow;
      // Equal infinities, or two NaNs, or near.
      if (Double.compare(wanted, found) != 0 && !near) {
        fail(
            String.format(
                Locale.ROOT, "%s, element %d: %s expected, %s found", what, i, wanted, found));
      }
    }
  }

  /** Sums of |a||b|, in binary64. */
  static Matrix productMagnitude(ProductForm form, Matrix a, Matrix b) {
    return NaiveArithmetic.BINARY64.product(
        form, NaiveArithmetic.magnitude(a), NaiveArithmetic.magnitude(b));
  }

  static void sameBits(String what, Matrix expected, Matrix actual) {
    Difference.first(0, what, expected, actual).ifPresent(d -> fail(d.toString()));
  }

  static void sameBits(long step, Parameters expected, Parameters actual) {
    Difference.first(step, expected, actual).ifPresent(d -> fail(d.toString()));
  }
}
