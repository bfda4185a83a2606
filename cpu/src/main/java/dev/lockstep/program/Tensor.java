package dev.lockstep.program;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Axis;

/**
 * A named row-major matrix of a step. It is logical: which memory holds it, if any does, is for
 * {@link Storage} to decide.
 *
 * @param name unique in its program, and fit for messages: {@code W1}, {@code delta of layer 2}
 * @param element what an element is
 * @param lifetime how long the values last
 * @param rows what the rows count
 * @param columns what the columns count
 */
public record Tensor(String name, Element element, Lifetime lifetime, Axis rows, Axis columns) {

  /** What an element is. */
  public enum Element {
    /** A number in the backend's precision. */
    REAL,
    /** A label or the number of a row. */
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
   * Number of elements.
   *
   * @throws IllegalArgumentException if they do not fit into one Java array
   */
  public int size() {
    return Matrix.requireSize(rows.size(), columns.size());
  }

  /** Number of elements, however many there are. */
  public long count() {
    return (long) rows.size() * columns.size();
  }

  /** Whether one of its dimensions counts this. */
  public boolean has(Axis axis) {
    return axis.equals(rows) || axis.equals(columns);
  }

  @Override
  public String toString() {
    return name;
  }
}
