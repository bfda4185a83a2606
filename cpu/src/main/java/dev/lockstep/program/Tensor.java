package dev.lockstep.program;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Axis;

/**
 * A named, logical row-major matrix of a step. {@link Storage} decides which memory holds it, if
 * any.
 *
 * @param name name for messages, unique in its program: {@code W1}, {@code delta of layer 2}
 * @param element the type of the elements
 * @param lifetime how long the values last
 * @param rows the axis that the rows count
 * @param columns the axis that the columns count
 */
public record Tensor(String name, Element element, Lifetime lifetime, Axis rows, Axis columns) {

  /** The type of an element. */
  public enum Element {
    /** A real number in the backend's precision. */
    REAL,
    /** A label or a row number. */
    INTEGER,
    /** Whether training has stopped. */
    FLAG
  }

  /** How long the values last. */
  public enum Lifetime {
    /** Given before each step: row numbers, noise, rows to evaluate. */
    INPUT,
    /** From step to step: parameters, moments, the stop flag. */
    STATE,
    /** From the operation that writes it to the last one that reads it. */
    STEP
  }

  /**
   * The number of elements.
   *
   * @throws IllegalArgumentException if they do not fit into one Java array
   */
  public int size() {
    return Matrix.requireSize(rows.size(), columns.size());
  }

  /** The number of elements, even if it exceeds a Java array. */
  public long count() {
    return (long) rows.size() * columns.size();
  }

  /** Returns whether one of the dimensions is this axis. */
  public boolean has(Axis axis) {
    return axis.equals(rows) || axis.equals(columns);
  }

  @Override
  public String toString() {
    return name;
  }
}
