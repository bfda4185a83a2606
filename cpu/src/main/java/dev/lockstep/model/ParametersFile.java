package dev.lockstep.model;

import dev.lockstep.file.AtomicFile;
import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import dev.lockstep.input.InputException;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes parameters as a NumPy .npz file. The arrays are W1, b1, W2, b2, ..., with layers
 * from 1. Wl has the shape (in, out), bl the shape (out,). All have the same type, float32 or
 * float64.
 */
public final class ParametersFile {

  private ParametersFile() {}

  /**
   * Writes parameters through {@link AtomicFile}.
   *
   * @throws InputException if the file cannot be written
   */
  public static void write(Path file, Parameters parameters) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    put(arrays, "", parameters);
    NpzFile.write(file, arrays);
  }

  /** Adds parameters to a file's arrays, with a prefix before each name. */
  static void put(Map<String, NpyArray> arrays, String prefix, Parameters parameters) {
    for (Parameters.Entry entry : parameters.entries()) {
      arrays.put(prefix + entry.name(), array(entry.matrix(), shape(entry.parameter())));
    }
  }

  /** Returns the array's shape: vectors have one dimension. */
  private static int[] shape(Layer.Parameter parameter) {
    int columns = parameter.columns().size();
    return parameter.rows() instanceof Axis.One
        ? new int[] {columns}
        : new int[] {parameter.rows().size(), columns};
  }

  private static NpyArray array(Matrix matrix, int... shape) {
    return switch (matrix) {
      case FloatMatrix(int _, int _, float[] data) -> new NpyArray.Floats(shape, data);
      case DoubleMatrix(int _, int _, double[] data) -> new NpyArray.Doubles(shape, data);
      case DrawnMatrix drawn -> new NpyArray.Floats(shape, drawn.copy().data());
    };
  }

  /**
   * Reads the parameters of a network, in the precision of the file.
   *
   * @throws InputException naming the file and the array if an array is missing or unexpected, has
   *     the wrong shape, differs from the first in type, or holds a value that is not finite in
   *     binary32
   */
  public static Parameters read(Path file, Network network) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>(NpzFile.read(file));
    String source = file.toString();
    Parameters parameters = take(source, arrays, "", network.parameters());
    if (!arrays.isEmpty()) {
      throw new InputException(
          source,
          "array",
          arrays.keySet().iterator().next(),
          "expected W1, b1 to b" + parameters.layers() + " of " + network);
    }
    requireType(source, "", parameters, parameters.entries().getFirst().matrix().getClass());
    requireFinite(source, "", parameters);
    return parameters;
  }

  /** Checks that all values are finite in binary32. */
  static void requireFinite(String source, String prefix, Parameters parameters) {
    parameters
        .entries()
        .forEach(entry -> requireFinite(source, prefix + entry.name(), entry.matrix()));
  }

  /** Removes parameters from a file's arrays, whose names begin with a prefix, and returns them. */
  static Parameters take(
      String source,
      Map<String, NpyArray> arrays,
      String prefix,
      List<Layer.Parameter> parameters) {
    return Parameters.of(parameters, each -> take(source, arrays, prefix, each));
  }

  /** Checks that all matrices have one type. */
  static void requireType(String source, String prefix, Parameters parameters, Class<?> type) {
    for (Parameters.Entry entry : parameters.entries()) {
      requireType(source, prefix + entry.name(), entry.matrix(), type);
    }
  }

  private static void requireType(String source, String name, Matrix matrix, Class<?> type) {
    if (matrix.getClass() != type) {
      throw new InputException(
          source,
          name + "'s type",
          matrix instanceof FloatMatrix ? "float32" : "float64",
          "expected that of W1");
    }
  }

  private static Matrix take(
      String source, Map<String, NpyArray> arrays, String prefix, Layer.Parameter parameter) {
    String name = prefix + parameter.name();
    int[] shape = shape(parameter);
    int rows = parameter.rows().size();
    int columns = parameter.columns().size();
    NpyArray array = arrays.remove(name);
    if (array == null) {
      throw new InputException(source, name, "missing", "expected " + Arrays.toString(shape));
    }
    if (!Arrays.equals(array.shape(), shape)) {
      throw new InputException(
          source,
          name + "'s shape",
          Arrays.toString(array.shape()),
          "expected " + Arrays.toString(shape));
    }
    return switch (array) {
      case NpyArray.Floats(int[] _, float[] values) -> new FloatMatrix(rows, columns, values);
      case NpyArray.Doubles(int[] _, double[] values) -> new DoubleMatrix(rows, columns, values);
      case NpyArray.Bytes _, NpyArray.Longs _ ->
          throw new InputException(
              source, name + "'s type", "whole numbers", "expected float32 or float64");
    };
  }

  private static void requireFinite(String source, String name, Matrix matrix) {
    for (int i = 0; i < matrix.size(); i++) {
      double value = matrix.value(i);
      if (!Float.isFinite((float) value)) {
        throw new InputException(
            source,
            name + "[" + i / matrix.columns() + "][" + i % matrix.columns() + "]",
            value,
            "expected weights that are finite in binary32");
      }
    }
  }
}
