package dev.lockstep.backend;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;

/**
 * Batch normalization of one step as the arithmetic page has it, column by column in binary32,
 * written down a second time.
 *
 * @param mean of each column, 1 x N
 * @param variance of each column, 1 x N
 * @param normal what came in, normalized, B x N
 */
record NaiveNormalization(Matrix mean, Matrix variance, Matrix normal) {

  private static final float EPSILON = 1e-5f;
  private static final float TENTH = 0.1f;

  /** A number of a column. */
  private interface OfColumn {
    float at(int j);
  }

  private static Matrix row(int columns, OfColumn of) {
    FloatMatrix row = new FloatMatrix(1, columns);
    for (int j = 0; j < columns; j++) {
      row.data()[j] = of.at(j);
    }
    return row;
  }

  private interface OfElement {
    float at(int i, int j);
  }

  private static Matrix matrix(int rows, int columns, OfElement of) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        matrix.data()[i * columns + j] = of.at(i, j);
      }
    }
    return matrix;
  }

  private static float at(Matrix matrix, int i, int j) {
    return (float) matrix.value(i * matrix.columns() + j);
  }

  private static float inverse(Matrix variance, int j) {
    float sum = at(variance, 0, j) + EPSILON;
    return 1f / (float) Math.sqrt(sum);
  }

  /** With the statistics of the rows themselves. */
  static NaiveNormalization ofBatch(Matrix x) {
    float rows = x.rows();
    Matrix mean =
        row(
            x.columns(),
            j -> {
              float sum = 0f;
              for (int i = 0; i < x.rows(); i++) {
                sum += at(x, i, j);
              }
              return sum / rows;
            });
    Matrix variance =
        row(
            x.columns(),
            j -> {
              float sum = 0f;
              for (int i = 0; i < x.rows(); i++) {
                float distance = at(x, i, j) - at(mean, 0, j);
                sum = Math.fma(distance, distance, sum);
              }
              return sum / rows;
            });
    return with(x, mean, variance);
  }

  /** With given statistics. */
  static NaiveNormalization with(Matrix x, Matrix mean, Matrix variance) {
    return new NaiveNormalization(
        mean,
        variance,
        matrix(
            x.rows(),
            x.columns(),
            (i, j) -> {
              float distance = at(x, i, j) - at(mean, 0, j);
              return distance * inverse(variance, j);
            }));
  }

  /** What is handed on. */
  Matrix scaled(Matrix gain) {
    return matrix(normal.rows(), normal.columns(), (i, j) -> at(gain, 0, j) * at(normal, i, j));
  }

  /** Gradient by the gain. */
  Matrix gainGradient(Matrix delta) {
    return row(
        delta.columns(),
        j -> {
          float sum = 0f;
          for (int i = 0; i < delta.rows(); i++) {
            sum = Math.fma(at(delta, i, j), at(normal, i, j), sum);
          }
          return sum;
        });
  }

  /** Gradient by what came in. */
  Matrix gradient(Matrix delta, Matrix gain, Matrix gainGradient, Matrix biasGradient) {
    float rows = delta.rows();
    return matrix(
        delta.rows(),
        delta.columns(),
        (i, j) -> {
          float factor = at(gain, 0, j) * inverse(variance, j);
          float both = Math.fma(at(normal, i, j), at(gainGradient, 0, j), at(biasGradient, 0, j));
          float share = both / rows;
          float own = at(delta, i, j) - share;
          return factor * own;
        });
  }

  /** The running mean after the step. */
  Matrix runningMean(Matrix before) {
    return row(
        before.columns(),
        j -> {
          float distance = at(mean, 0, j) - at(before, 0, j);
          return Math.fma(TENTH, distance, at(before, 0, j));
        });
  }

  /** The running variance after the step. */
  Matrix runningVariance(Matrix before) {
    double rows = normal.rows();
    float unbiased = (float) (rows / (rows - 1));
    return row(
        before.columns(),
        j -> {
          float wide = at(variance, 0, j) * unbiased;
          float distance = wide - at(before, 0, j);
          return Math.fma(TENTH, distance, at(before, 0, j));
        });
  }
}
