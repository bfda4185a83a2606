package dev.lockstep.file;

import dev.lockstep.input.InputException;
import dev.lockstep.matrix.Matrix;
import java.util.List;

/**
 * A file of named tensors. Tensors are listed without their values and read one at a time, so the
 * file may be larger than the memory.
 */
public interface TensorFile extends AutoCloseable {

  /** The format in which the values of a tensor are read. */
  enum Reading {
    BINARY32,
    BINARY64,
    /** The values are not read: whole numbers, text, objects or an unknown type. */
    REFUSED
  }

  /**
   * A tensor of the file.
   *
   * @param name unique in the file; it may have any characters
   * @param type the type as the file spells it
   * @param shape the length of each dimension, slowest first; empty for a single number
   * @param reading the format in which the values are read
   */
  record Entry(String name, String type, List<Long> shape, Reading reading) {
    public Entry {
      shape = List.copyOf(shape);
    }
  }

  /** Lists all tensors, in the order of the file. */
  List<Entry> entries();

  /**
   * Reads a tensor. Row i of the matrix is slice i along the first dimension. Narrower types are
   * widened without rounding; all other values keep their bits.
   *
   * @param entry one of {@link #entries} that is not {@link Reading#REFUSED}, has at least one
   *     dimension, and fits an array
   * @throws InputException if the values cannot be read or contradict the file's own description
   */
  Matrix read(Entry entry);

  @Override
  void close();
}
