package dev.lockstep.bench.external;

import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpyFile;
import dev.lockstep.input.InputException;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Axis;
import dev.lockstep.model.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Exchanges tensors with a program as files in its private folder.
 *
 * <p>File names in answers may have letters, digits, dots, dashes and underscores only, so that
 * they name nothing outside the folder. Type and shape must be as expected. Files are removed once
 * they have been read.
 */
final class TensorFiles {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
  private static final String OWN = "h-";

  /** The most bytes of an array's header. */
  private static final int HEADER_BYTES = 1 << 16;

  private final Path folder;
  private final int elementBytes;
  private final List<Path> written = new ArrayList<>();
  private long number;

  /**
   * @param elementBytes 4 for binary32 tensors, 8 for binary64
   */
  TensorFiles(Path folder, int elementBytes) {
    this.folder = folder;
    this.elementBytes = elementBytes;
  }

  /** The form of a matrix in a file. */
  enum Form {
    /** Two dimensions. */
    MATRIX,
    /** One dimension: a matrix of one row. */
    VECTOR;

    static Form of(Layer.Parameter parameter) {
      return parameter.rows() instanceof Axis.One ? VECTOR : MATRIX;
    }

    private int[] shape(int rows, int columns) {
      return this == VECTOR ? new int[] {columns} : new int[] {rows, columns};
    }
  }

  /** Writes a matrix in the program's precision; returns the file's name. */
  String write(Form form, Matrix matrix) {
    int[] shape = form.shape(matrix.rows(), matrix.columns());
    if (elementBytes == Double.BYTES) {
      return write(new NpyArray.Doubles(shape, matrix.widened().data()));
    }
    if (matrix instanceof FloatMatrix floats) {
      return write(new NpyArray.Floats(shape, floats.data()));
    }
    float[] rounded = new float[matrix.size()];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) matrix.value(i);
    }
    return write(new NpyArray.Floats(shape, rounded));
  }

  /** Writes an array; returns the file's name. */
  String write(NpyArray array) {
    String name = OWN + ++number + ".npy";
    Path file = folder.resolve(name);
    try {
      NpyFile.write(file, array);
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
    written.add(file);
    return name;
  }

  /** Removes all written files, after the program has answered. */
  void removeWritten() {
    written.forEach(TensorFiles::remove);
    written.clear();
  }

  /**
   * Reads a matrix in the program's precision.
   *
   * @param tensor the tensor's name in messages
   * @param name the file's name, from the program
   * @throws Malformed if the file is not an array of this shape and type
   */
  Matrix read(String tensor, String name, Form form, int rows, int columns) {
    NpyArray array = read(tensor, name, form.shape(rows, columns), elementBytes);
    return switch (array) {
      case NpyArray.Floats(int[] _, float[] values) when elementBytes == Float.BYTES ->
          new FloatMatrix(rows, columns, values);
      case NpyArray.Doubles(int[] _, double[] values) when elementBytes == Double.BYTES ->
          new DoubleMatrix(rows, columns, values);
      default -> throw wrongType(tensor, array, "float" + 8 * elementBytes);
    };
  }

  /** Reads a binary32 matrix, whatever the program's precision. */
  FloatMatrix readFloats(String tensor, String name, int rows, int columns) {
    NpyArray array = read(tensor, name, new int[] {rows, columns}, Float.BYTES);
    if (array instanceof NpyArray.Floats(int[] _, float[] values)) {
      return new FloatMatrix(rows, columns, values);
    }
    throw wrongType(tensor, array, "float32");
  }

  /** Reads a matrix of whole numbers, row-major. */
  long[] readIntegers(String tensor, String name, int rows, int columns) {
    NpyArray array = read(tensor, name, new int[] {rows, columns}, Long.BYTES);
    if (array instanceof NpyArray.Longs(int[] _, long[] values)) {
      return values;
    }
    throw wrongType(tensor, array, "int32 or int64");
  }

  private NpyArray read(String tensor, String name, int[] shape, int bytes) {
    if (!NAME.matcher(name).matches() || name.startsWith(OWN)) {
      throw new Malformed(
          "the file of " + tensor, name, "expected a name of its own inside the private folder");
    }
    Path file = folder.resolve(name);
    try {
      long values = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
      NpyArray array = NpyFile.read(file, values * bytes + HEADER_BYTES);
      if (Arrays.equals(array.shape(), shape)) {
        return array;
      }
      throw new Malformed(
          "the shape of " + tensor,
          Arrays.toString(array.shape()),
          "expected " + Arrays.toString(shape));
    } catch (InputException e) {
      throw new Malformed(
          "the file of " + tensor, name, "which is no such tensor: " + e.getMessage());
    } finally {
      remove(file);
    }
  }

  private static Malformed wrongType(String tensor, NpyArray array, String expected) {
    return new Malformed(
        "the type of " + tensor,
        switch (array) {
          case NpyArray.Floats _ -> "float32";
          case NpyArray.Doubles _ -> "float64";
          case NpyArray.Bytes _ -> "uint8";
          case NpyArray.Longs _ -> "int64";
        },
        "expected " + expected);
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }
}
