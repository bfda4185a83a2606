package dev.lockstep.cpu;

import dev.lockstep.program.Formula;
import jdk.incubator.vector.FloatVector;

/** Formulas and sums of products on vectors; plain Java does what fills no vector. */
final class VectorElementwise {

  private VectorElementwise() {}

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(Lanes.SPECIES, array, at);
  }

  /** sums[j] of the columns {@code from .. to}. */
  static void sums(int rows, int columns, float[] a, float[] b, float[] sums, int from, int to) {
    int j = from;
    for (; j <= to - Lanes.COUNT; j += Lanes.COUNT) {
      FloatVector sum = FloatVector.zero(Lanes.SPECIES);
      for (int i = j; i < rows * columns; i += columns) {
        sum = load(a, i).fma(load(b, i), sum);
      }
      sum.intoArray(sums, j);
    }
    for (; j < to; j++) {
      float sum = 0;
      for (int i = j; i < rows * columns; i += columns) {
        sum = Math.fma(a[i], b[i], sum);
      }
      sums[j] = sum;
    }
  }

  /** Some elements, of operands and a result that each begin somewhere. */
  static void row(
      Formula formula,
      int count,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      float[] c,
      int cAt,
      float[] result,
      int at) {
    float k = formula.constant();
    int whole = count - count % Lanes.COUNT;
    switch (formula.kind()) {
      case DIFFERENCE -> {
        for (int j = 0; j < whole; j += Lanes.COUNT) {
          load(a, aAt + j).sub(load(b, bAt + j)).intoArray(result, at + j);
        }
      }
      case PRODUCT -> {
        for (int j = 0; j < whole; j += Lanes.COUNT) {
          load(a, aAt + j).mul(load(b, bAt + j)).intoArray(result, at + j);
        }
      }
      case FMA -> {
        for (int j = 0; j < whole; j += Lanes.COUNT) {
          load(a, aAt + j).fma(load(b, bAt + j), load(c, cAt + j)).intoArray(result, at + j);
        }
      }
      case MULTIPLIED -> {
        for (int j = 0; j < whole; j += Lanes.COUNT) {
          load(a, aAt + j).mul(k).intoArray(result, at + j);
        }
      }
      case DIVIDED -> {
        for (int j = 0; j < whole; j += Lanes.COUNT) {
          load(a, aAt + j).div(k).intoArray(result, at + j);
        }
      }
      case INVERSE_ROOT -> {
        FloatVector one = FloatVector.broadcast(Lanes.SPECIES, 1f);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
          one.div(load(a, aAt + j).add(k).sqrt()).intoArray(result, at + j);
        }
      }
      case APPROACHED -> {
        FloatVector share = FloatVector.broadcast(Lanes.SPECIES, k);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
          FloatVector old = load(b, bAt + j);
          share.fma(load(a, aAt + j).sub(old), old).intoArray(result, at + j);
        }
      }
    }
    for (int j = whole; j < count; j++) {
      result[at + j] = formula.apply(a[aAt + j], b[bAt + j], c[cAt + j]);
    }
  }
}
