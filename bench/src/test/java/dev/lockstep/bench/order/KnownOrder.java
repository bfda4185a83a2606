package dev.lockstep.bench.order;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;

/** Products written with plain loops in a known order, independent of trees and their replay. */
interface KnownOrder {

  /** The sum of the products of two lanes of k operands. */
  float sum(int row, int column, float[] a, float[] b);

  /** The product that computes every element so. */
  default Multiplication in(ProductShape shape) {
    return (a, b) -> {
      FloatMatrix c = new FloatMatrix(shape.m(), shape.n());
      float[][] columns = new float[shape.n()][];
      for (int j = 0; j < columns.length; j++) {
        columns[j] = lane(b, j, shape.k(), shape.form() == ProductForm.ABT);
      }
      for (int i = 0; i < shape.m(); i++) {
        float[] row = lane(a, i, shape.k(), shape.form() != ProductForm.ATB);
        for (int j = 0; j < shape.n(); j++) {
          c.data()[i * shape.n() + j] = sum(i, j, row, columns[j]);
        }
      }
      return c;
    };
  }

  private static float[] lane(FloatMatrix x, int lane, int k, boolean isRow) {
    float[] copy = new float[k];
    for (int t = 0; t < k; t++) {
      copy[t] = x.data()[isRow ? lane * x.columns() + t : t * x.columns() + lane];
    }
    return copy;
  }

  /** One ascending chain of fma from +0. */
  KnownOrder CHAIN = (_, _, a, b) -> chain(a, b, 0, a.length, 1);

  /** One descending chain of fma from +0. */
  KnownOrder DESCENDING =
      (_, _, a, b) -> {
        float sum = 0;
        for (int t = a.length - 1; t >= 0; t--) {
          sum = Math.fma(a[t], b[t], sum);
        }
        return sum;
      };

  /** One ascending chain of multiplications and additions, from the first product. */
  KnownOrder MULTIPLY_AND_ADD =
      (_, _, a, b) -> {
        float sum = a[0] * b[0];
        for (int t = 1; t < a.length; t++) {
          sum += a[t] * b[t];
        }
        return sum;
      };

  /** Chains of 64 terms, added one after the other. */
  KnownOrder BLOCKED =
      (_, _, a, b) -> {
        float sum = 0;
        for (int from = 0; from < a.length; from += 64) {
          sum += chain(a, b, from, Math.min(from + 64, a.length), 1);
        }
        return sum;
      };

  /** All products first, then halves of halves. */
  KnownOrder PAIRWISE = (_, _, a, b) -> pairwise(a, b, 0, a.length);

  /** Two chains, of each half. */
  KnownOrder HALVES =
      (_, _, a, b) -> chain(a, b, 0, a.length / 2, 1) + chain(a, b, a.length / 2, a.length, 1);

  /** Four chains of k mod 4, (0 + 1) + (2 + 3). */
  KnownOrder INTERLEAVED =
      (_, _, a, b) ->
          (chain(a, b, 0, a.length, 4) + chain(a, b, 1, a.length, 4))
              + (chain(a, b, 2, a.length, 4) + chain(a, b, 3, a.length, 4));

  /** A chain of fma in which term 7 is multiplied and added. */
  KnownOrder ONE_ROUNDED =
      (_, _, a, b) -> {
        float sum = 0;
        for (int t = 0; t < a.length; t++) {
          sum = t == 7 ? sum + a[t] * b[t] : Math.fma(a[t], b[t], sum);
        }
        return sum;
      };

  /** Columns from 32 on, and rows from 8 on, in another order. */
  static KnownOrder tailOf(KnownOrder columns, KnownOrder rows) {
    return (i, j, a, b) -> (i >= 8 ? rows : j >= 32 ? columns : CHAIN).sum(i, j, a, b);
  }

  /** A chain of fma over every {@code step}-th term. */
  static float chain(float[] a, float[] b, int from, int to, int step) {
    float sum = 0;
    for (int t = from; t < to; t += step) {
      sum = Math.fma(a[t], b[t], sum);
    }
    return sum;
  }

  private static float pairwise(float[] a, float[] b, int from, int to) {
    if (to - from == 1) {
      return a[from] * b[from];
    }
    int middle = (from + to + 1) / 2;
    return pairwise(a, b, from, middle) + pairwise(a, b, middle, to);
  }
}
