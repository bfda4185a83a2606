package dev.lockstep.bench.order;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * An operand of a product, by lane and term: a lane is a row of op(A) or a column of op(B), each of
 * k terms, however the form stores them.
 */
final class OperandPanel {

  private final FloatMatrix matrix;
  private final int terms;
  private final int laneStride;
  private final int termStride;

  private OperandPanel(int lanes, int terms, boolean lanesAreRows) {
    this(
        lanesAreRows ? new FloatMatrix(lanes, terms) : new FloatMatrix(terms, lanes),
        lanes,
        terms,
        lanesAreRows);
  }

  private OperandPanel(FloatMatrix matrix, int lanes, int terms, boolean lanesAreRows) {
    this.matrix = matrix;
    this.terms = terms;
    laneStride = lanesAreRows ? terms : 1;
    termStride = lanesAreRows ? 1 : lanes;
  }

  /** The operand that has a lane for each row or column of C, filled with zeros. */
  static OperandPanel of(Side side, ProductShape shape) {
    return new OperandPanel(side.lanes(shape), shape.k(), lanesAreRows(side, shape));
  }

  /** Views a matrix as such an operand. */
  static OperandPanel of(Side side, ProductShape shape, FloatMatrix matrix) {
    return new OperandPanel(matrix, side.lanes(shape), shape.k(), lanesAreRows(side, shape));
  }

  private static boolean lanesAreRows(Side side, ProductShape shape) {
    return side == Side.ROWS ? shape.form() != ProductForm.ATB : shape.form() == ProductForm.ABT;
  }

  FloatMatrix matrix() {
    return matrix;
  }

  void fill(float value) {
    Arrays.fill(matrix.data(), value);
  }

  void fillLane(int lane, float value) {
    if (termStride == 1) {
      Arrays.fill(matrix.data(), lane * laneStride, lane * laneStride + terms, value);
      return;
    }
    for (int t = 0; t < terms; t++) {
      set(lane, t, value);
    }
  }

  void fillLane(int lane, IntUnaryOperator valueOfTerm) {
    for (int t = 0; t < terms; t++) {
      set(lane, t, valueOfTerm.applyAsInt(t));
    }
  }

  void set(int lane, int term, float value) {
    matrix.data()[lane * laneStride + term * termStride] = value;
  }

  /** Copies a lane. */
  float[] lane(int lane) {
    float[] copy = new float[terms];
    for (int t = 0; t < terms; t++) {
      copy[t] = matrix.data()[lane * laneStride + t * termStride];
    }
    return copy;
  }
}
