package dev.lockstep.bench.tolerance;

import dev.lockstep.file.HeapLimit;
import dev.lockstep.file.NpzArchive;
import dev.lockstep.file.TensorFile;
import dev.lockstep.input.InputException;
import dev.lockstep.matrix.Matrix;
import java.nio.file.Path;
import java.util.List;

/**
 * The operands of a product A B from an .npz file.
 *
 * @param a [m][k]
 * @param b [k][n]
 */
record Operands(Matrix a, Matrix b) {
  /** About a minute on one core. */
  private static final long MOST_MULTIPLICATIONS = 1L << 35;

  /** Bytes for each element: the operands in two precisions and transposed, and the product. */
  private static final long BYTES = 24;

  /**
   * Reads the arrays A and B.
   *
   * @throws InputException naming the file, the array and what is wrong with it
   */
  static Operands read(Path file) {
    try (TensorFile tensors = NpzArchive.open(file)) {
      List<TensorFile.Entry> entries = tensors.entries();
      TensorFile.Entry a = matrix(file, entries, "A");
      TensorFile.Entry b = matrix(file, entries, "B");
      long m = a.shape().get(0);
      long k = a.shape().get(1);
      long n = b.shape().get(1);
      if (b.shape().get(0) != k) {
        throw new InputException(
            file.toString(),
            "array B",
            shape(b),
            "expected " + k + " rows, as many as A has columns");
      }
      require(file, "shape of A B", m, n, k);
      Matrix left = read(file, tensors, a);
      return new Operands(left, read(file, tensors, b));
    }
  }

  private static void require(Path file, String field, long m, long n, long k) {
    String shape = m + "x" + n + "x" + k;
    if (m * n > Integer.MAX_VALUE || m * n * k > MOST_MULTIPLICATIONS) {
      throw new InputException(
          file.toString(),
          field,
          shape,
          "expected at most " + MOST_MULTIPLICATIONS + " multiplications");
    }
    HeapLimit.require(BYTES * (m * k + k * n + m * n), file.toString(), field, shape);
  }

  private static TensorFile.Entry matrix(Path file, List<TensorFile.Entry> entries, String name) {
    TensorFile.Entry entry =
        entries.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        file.toString(), "array " + name, "missing", "expected arrays A and B"));
    if (entry.shape().size() != 2
        || entry.shape().stream().anyMatch(length -> length < 1 || length > 1 << 23)) {
      throw new InputException(
          file.toString(),
          "array " + name,
          shape(entry),
          "expected a matrix of 1 to 8388608 each way");
    }
    if (entry.reading() == TensorFile.Reading.REFUSED) {
      throw new InputException(
          file.toString(), "type of array " + name, entry.type(), "expected float32 or float64");
    }
    return entry;
  }

  private static String shape(TensorFile.Entry entry) {
    return entry.shape().toString();
  }

  private static Matrix read(Path file, TensorFile tensors, TensorFile.Entry entry) {
    Matrix matrix = tensors.read(entry);
    for (int i = 0; i < matrix.size(); i++) {
      double value = matrix.value(i);
      if (!(Math.abs(value) <= Float.MAX_VALUE)) {
        throw new InputException(
            file.toString(), "array " + entry.name(), value, "expected finite numbers of binary32");
      }
      if ((float) value != value) {
        throw new InputException(
            file.toString(),
            "array " + entry.name(),
            value,
            "expected numbers that binary32 represents; convert it with astype(numpy.float32)");
      }
    }
    return matrix;
  }

  Shape shape() {
    return new Shape(a.rows(), b.columns(), a.columns());
  }
}
