package dev.lockstep.file;

import dev.lockstep.input.InputException;
import dev.lockstep.matrix.Matrix;
import java.util.List;

/**
 * A file of named tensors. They are listed without their values and then read one at a time, so
 * that the file may be larger than the memory.
 */
public interface TensorFile extends AutoCloseable {

  /** What the values of a tensor are read as. */
  enum Reading {
    BINARY32,
    BINARY64,
    /** They are not read: whole numbers, text, objects, or a type that is not known. */
    REFUSED
  }

  /**
   * A tensor of the file.
   *
   * @param name unique in the file; of any characters
   * @param type as the file spells it
   * @param shape the length of each dimension, slowest first; empty for a single number
   */
  record Entry(String name, String type, List<Long> shape, Reading reading) {
    public Entry {
      shape = List.copyOf(shape);
    }
  }

  /** All tensors, in the order of the file. */
  List<Entry> entries();

  /**
   * Reads a tensor. The rows of the matrix are its slices along the first dimension. What is read
   * is widened without rounding, and keeps its bits where nothing is widened.
   *
   * @param entry one of {@link #entries} that is not refused, has a dimension, and no more values
   *     than an array can hold
   * @throws InputException if the values cannot be read, or are not those that the file promises
   */
  Matrix read(Entry entry);

  @Override
  void close();
}
