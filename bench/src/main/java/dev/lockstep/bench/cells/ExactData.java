package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Products whose bits do not depend on the order of addition, so that every backend, including
 * libraries, must return the same bits. They make up the tier {@link Tier#EXACT_DATA}.
 *
 * <p>Operands are odd multiples of 1/8 between -7/8 and 7/8. They have three significant bits,
 * which TF32 and bfloat16 hold exactly. The product of two operands is a multiple of 1/64 of
 * magnitude at most 49/64, and a sum of k products has magnitude at most 49 k/64. For k up to
 * 342,000 every partial sum, in any order, therefore fits into the 24 bits of binary32, even where
 * tensor cores truncate sums. No operand is zero, and a sum that cancels is +0 in any order.
 */
public final class ExactData {

  /** C is m x n; each element is a sum of k terms. */
  private record Shape(int m, int n, int k) {}

  /**
   * One shape for each case: one row, one column, smaller than any tile, partial tiles, whole
   * tiles, few outputs of many terms.
   */
  private static final List<Shape> SHAPES =
      List.of(
          new Shape(1, 129, 250),
          new Shape(250, 1, 33),
          new Shape(7, 7, 7),
          new Shape(33, 129, 65),
          new Shape(64, 64, 64),
          new Shape(33, 10, 1021));

  /** Number of products that each backend computes. */
  public static final int PRODUCTS = SHAPES.size() * ProductForm.values().length;

  private ExactData() {}

  /** Computes the products on each backend and compares them with integer arithmetic. */
  public static Experiment.Besides<Experiment.Compared> of(
      List<Backend> backends, LostDevice lost, Resources resources, long seed) {
    return Experiment.of(
        backends,
        lost,
        "in the products of exact data",
        backend -> {
          try (Operations operations = backend.operations(resources)) {
            return new Experiment.Compared(backend.name(), agreement(backend, operations, seed));
          }
        });
  }

  private static Agreement agreement(Backend backend, Operations operations, long seed) {
    int number = 0;
    for (ProductForm form : ProductForm.values()) {
      for (Shape shape : SHAPES) {
        Optional<Difference> difference =
            difference(backend, operations, form, shape, seed, number++);
        if (difference.isPresent()) {
          return new Agreement(
              Verdict.DIFFERS,
              Tier.EXACT_DATA,
              number,
              0,
              difference.get(),
              difference.get().element());
        }
      }
    }
    return new Agreement(
        Verdict.AGREES, Tier.EXACT_DATA, number, 0, null, "all products have the exact bits");
  }

  private static Optional<Difference> difference(
      Backend backend,
      Operations operations,
      ProductForm form,
      Shape shape,
      long seed,
      int number) {
    FloatMatrix a = operand(shape.m(), shape.k(), seed, 2 * number);
    FloatMatrix b = operand(shape.k(), shape.n(), seed, 2 * number + 1);
    FloatMatrix c = product(a, b);
    Matrix actual =
        operations.product(
            form,
            own(backend, form == ProductForm.ATB ? transposed(a) : a),
            own(backend, form == ProductForm.ABT ? transposed(b) : b));
    String name =
        String.format(
            Locale.ROOT,
            "product %s of %dx%d by %dx%d, C",
            form,
            shape.m(),
            shape.k(),
            shape.k(),
            shape.n());
    return Difference.first(0, name, own(backend, c), actual);
  }

  /** Returns the matrix in the backend's precision. */
  private static Matrix own(Backend backend, FloatMatrix matrix) {
    return backend.elementBytes() == Double.BYTES ? matrix.widened() : matrix;
  }

  private static FloatMatrix operand(int rows, int columns, long seed, int number) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    for (int i = 0; i < matrix.size(); i++) {
      int odd = (int) (2 * (Philox.bits(seed, Stream.EXACT_DATA, number, i) & 7)) - 7;
      matrix.data()[i] = odd * 0x1p-3f;
    }
    return matrix;
  }

  /** Returns A B, computed in integers. */
  private static FloatMatrix product(FloatMatrix a, FloatMatrix b) {
    FloatMatrix c = new FloatMatrix(a.rows(), b.columns());
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < b.columns(); j++) {
        int sum = 0;
        for (int k = 0; k < a.columns(); k++) {
          sum +=
              (int) (8 * a.data()[i * a.columns() + k]) * (int) (8 * b.data()[k * b.columns() + j]);
        }
        c.data()[i * c.columns() + j] = sum * 0x1p-6f;
      }
    }
    return c;
  }

  private static FloatMatrix transposed(FloatMatrix matrix) {
    FloatMatrix result = new FloatMatrix(matrix.columns(), matrix.rows());
    for (int i = 0; i < matrix.size(); i++) {
      int row = i / matrix.columns();
      int column = i % matrix.columns();
      result.data()[column * matrix.rows() + row] = matrix.data()[i];
    }
    return result;
  }
}
