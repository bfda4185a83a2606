package dev.lockstep.agreement;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import java.util.Random;

/**
 * Recomputes some elements of a product C = op(A) op(B) and compares them: bit for bit for an exact
 * backend, within the a-priori bound of {@link ElementBound} for a library.
 */
public final class ProductSample {
  /** Reads an element of C. */
  @FunctionalInterface
  public interface Element {
    /** Returns the element of a row and a column. */
    float at(int row, int column);
  }

  private ProductSample() {}

  /**
   * Recomputes the elements where chosen rows and columns cross. The first and the last rows and
   * columns are always among them.
   *
   * @param canonical operations of an exact backend other than the judged one
   * @param c the product that the judged backend computed
   * @param extent how many rows and columns to choose
   * @param seed the seed of the choice
   */
  public static SampleTally of(
      Backend backend,
      Operations canonical,
      ProductForm form,
      Matrix a,
      Matrix b,
      Element c,
      SampleExtent extent,
      long seed) {
    Random random = new Random(seed);
    int m = form == ProductForm.ATB ? a.columns() : a.rows();
    int n = form == ProductForm.ABT ? b.rows() : b.columns();
    int[] rows = extent.ofUnits(m, random);
    int[] columns = extent.ofUnits(n, random);
    FloatMatrix left = form == ProductForm.ATB ? columnsOf(a, rows) : rowsOf(a, rows);
    FloatMatrix right = form == ProductForm.ABT ? rowsOf(b, columns) : columnsOf(b, columns);
    FloatMatrix actual = new FloatMatrix(rows.length, columns.length);
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < columns.length; j++) {
        actual.data()[i * columns.length + j] = c.at(rows[i], columns[j]);
      }
    }
    SampleTally tally = new SampleTally(0);
    if (backend.kind() == Kind.EXACT) {
      tally.bits("C", rows, columns, canonical.product(form, left, right), actual);
      return tally;
    }
    ElementBound bound = ElementBound.of(backend);
    tally.within(
        "C",
        rows,
        columns,
        actual,
        0,
        BoundedProduct.of(form, Bounded.exact(left), Bounded.exact(right), bound));
    return tally;
  }

  private static FloatMatrix rowsOf(Matrix matrix, int[] chosen) {
    FloatMatrix result = new FloatMatrix(chosen.length, matrix.columns());
    for (int i = 0; i < chosen.length; i++) {
      for (int j = 0; j < matrix.columns(); j++) {
        result.data()[i * matrix.columns() + j] =
            (float) matrix.value(chosen[i] * matrix.columns() + j);
      }
    }
    return result;
  }

  private static FloatMatrix columnsOf(Matrix matrix, int[] chosen) {
    FloatMatrix result = new FloatMatrix(matrix.rows(), chosen.length);
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < chosen.length; j++) {
        result.data()[i * chosen.length + j] =
            (float) matrix.value(i * matrix.columns() + chosen[j]);
      }
    }
    return result;
  }
}
