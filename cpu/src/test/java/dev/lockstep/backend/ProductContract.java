package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Products: every form, awkward sizes, no terms, subnormals, zeros of both signs, infinities, NaNs.
 */
abstract class ProductContract {

  private final Subject subject;

  ProductContract(Subject subject) {
    this.subject = subject;
  }

  @ParameterizedTest
  @EnumSource
  void productsAtAwkwardSizes(ProductForm form) {
    try (Operations operations = subject.operations(2)) {
      Extent extent = subject.extent();
      for (int m : extent.sizes()) {
        for (int n : extent.sizes()) {
          // All depths at the small sizes, one that leaves a tail at the large.
          for (int k : m * n <= 33 * 129 ? extent.depths() : List.of(33)) {
            product(operations, form, m, n, k);
          }
        }
      }
      product(operations, form, 7, extent.longest(), 250);
    }
  }

  private void product(Operations operations, ProductForm form, int m, int n, int k) {
    long seed = 31L * (31L * m + n) + k;
    FloatMatrix a =
        form == ProductForm.ATB ? Samples.ordinary(seed, k, m) : Samples.ordinary(seed, m, k);
    FloatMatrix b =
        form == ProductForm.ABT ? Samples.ordinary(~seed, n, k) : Samples.ordinary(~seed, k, n);
    product(operations, form, subject.own(a), subject.own(b));
  }

  private void product(Operations operations, ProductForm form, Matrix a, Matrix b) {
    Matrix actual = operations.product(form, a, b);
    String what = String.format(Locale.ROOT, "%s of %s and %s", form, a.shape(), b.shape());
    subject.agreeAsProduct(what, form, a, b, actual);
    Subject.sameBits(what + ", once more", actual, operations.product(form, a, b));
    if (subject.exact()) {
      try (Operations reference = Subject.scalar()) {
        Subject.sameBits(what + ", by scalar", reference.product(form, a, b), actual);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void productsOfSubnormals(ProductForm form) {
    try (Operations operations = subject.operations(1)) {
      // Products near 2^-134 are subnormal; at 2^-76 each, most underflow to a zero of some sign.
      for (float scale : new float[] {0x1p-67f, 0x1p-76f}) {
        product(
            operations,
            form,
            subject.own(Samples.scaled(1, 33, 33, scale)),
            subject.own(Samples.scaled(2, 33, 33, scale)));
      }
    }
  }

  /**
   * An accumulator that has underflowed to -0 turns +0 when the next term is 0 times 0, and stays
   * -0 when it is not there: padding shows here.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65})
  void accumulatorOfMinusZero(int k) {
    try (Operations operations = subject.operations(1)) {
      for (ProductForm form : ProductForm.values()) {
        for (int zeros = 0; zeros <= Math.min(1, k - 1); zeros++) {
          int m = 7;
          int n = 33;
          FloatMatrix a = Samples.filled(m, k, 0x1p-100f);
          FloatMatrix b = Samples.filled(k, n, -0x1p-100f);
          for (int j = 0; j < zeros * n; j++) {
            b.data()[(k - 1) * n + j] = 0f;
          }
          if (zeros == 1) {
            for (int i = 0; i < m; i++) {
              a.data()[i * k + k - 1] = 0f;
            }
          }
          product(
              operations,
              form,
              subject.own(form == ProductForm.ATB ? transposed(a) : a),
              subject.own(form == ProductForm.ABT ? transposed(b) : b));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void productsKeepInfinitiesAndNans(ProductForm form) {
    try (Operations operations = subject.operations(1)) {
      for (int k : new int[] {1, 2, 7, 33}) {
        FloatMatrix a = Samples.ordinary(k, 33, k);
        FloatMatrix b = Samples.ordinary(k + 1, k, 33);
        a.data()[0] = Float.POSITIVE_INFINITY;
        a.data()[k] = Float.NaN;
        b.data()[0] = 0f;
        b.data()[32] = Float.NEGATIVE_INFINITY;
        Matrix left = subject.own(form == ProductForm.ATB ? transposed(a) : a);
        Matrix right = subject.own(form == ProductForm.ABT ? transposed(b) : b);
        product(operations, form, left, right);
        assertThat(operations.product(form, left, right).value(0)).as("infinity times 0").isNaN();
      }
      if (subject.exact()) {
        product(
            operations,
            form,
            subject.own(Samples.special(3, 33, 33)),
            subject.own(Samples.special(4, 33, 33)));
      }
    }
  }

  private static FloatMatrix transposed(FloatMatrix matrix) {
    FloatMatrix result = new FloatMatrix(matrix.columns(), matrix.rows());
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < matrix.columns(); j++) {
        result.data()[j * matrix.rows() + i] = matrix.data()[i * matrix.columns() + j];
      }
    }
    return result;
  }
}
