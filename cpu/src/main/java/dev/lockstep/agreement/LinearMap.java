package dev.lockstep.agreement;

import dev.lockstep.matrix.DoubleMatrix;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * A matrix or its transpose, applied to vectors in binary64.
 *
 * @param orientation which of the two is applied
 */
record LinearMap(DoubleMatrix matrix, Orientation orientation) {
  /** Which of the two is applied. */
  enum Orientation {
    PLAIN,
    TRANSPOSED
  }

  LinearMap transposed() {
    return new LinearMap(
        matrix, orientation == Orientation.PLAIN ? Orientation.TRANSPOSED : Orientation.PLAIN);
  }

  /** The length of the vectors that it is applied to. */
  int from() {
    return orientation == Orientation.PLAIN ? matrix.columns() : matrix.rows();
  }

  double[] times(double[] x) {
    return apply(x, DoubleUnaryOperator.identity());
  }

  /** Applies the matrix of squared elements. */
  double[] squaredTimes(double[] x) {
    return apply(x, RoundingModel::square);
  }

  /** Returns how many elements of each row of the map contribute alike to its squares. */
  double[] alike() {
    double[] ones = new double[from()];
    Arrays.fill(ones, 1);
    double[] squares = squaredTimes(ones);
    double[] alike = apply(ones, x -> x * x * x * x);
    for (int i = 0; i < alike.length; i++) {
      alike[i] = alike[i] == 0 ? 1 : squares[i] * squares[i] / alike[i];
    }
    return alike;
  }

  /** Returns the sum of the squares of each row of the map. */
  double[] squaredRows() {
    double[] ones = new double[from()];
    Arrays.fill(ones, 1);
    return squaredTimes(ones);
  }

  private double[] apply(double[] x, DoubleUnaryOperator element) {
    int columns = matrix.columns();
    double[] y = new double[transposed().from()];
    double[] row = new double[columns];
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < columns; j++) {
        row[j] = element.applyAsDouble(matrix.data()[i * columns + j]);
      }
      if (orientation == Orientation.PLAIN) {
        y[i] = dot(row, x);
      } else {
        addScaled(x[i], row, y);
      }
    }
    return y;
  }

  /** Returns, of each product with a vector, {@link InnerProducts#inEitherDirection}. */
  double[] partialSquares(double[] x) {
    int lines = transposed().from();
    double[] sums = new double[lines];
    double[] partials = new double[lines];
    double[] squares = new double[lines];
    int columns = matrix.columns();
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < columns; j++) {
        boolean plain = orientation == Orientation.PLAIN;
        int line = plain ? i : j;
        double sum = sums[line] + matrix.data()[i * columns + j] * x[plain ? j : i];
        sums[line] = sum;
        partials[line] += sum;
        squares[line] += sum * sum;
      }
    }
    double[] larger = new double[lines];
    for (int line = 0; line < lines; line++) {
      larger[line] =
          InnerProducts.inEitherDirection(x.length, sums[line], partials[line], squares[line]);
    }
    return larger;
  }

  private static void addScaled(double s, double[] x, double[] y) {
    for (int j = 0; j < x.length; j++) {
      y[j] += s * x[j];
    }
  }

  /** Four sums, because each addition to one alone waits for the one before. */
  private static double dot(double[] a, double[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return s0 + s1 + (s2 + s3);
  }
}
