package dev.lockstep.bench.inspect;

import dev.lockstep.bench.inspect.AxisReport.Finding;
import dev.lockstep.file.HeapLimit;
import dev.lockstep.file.TensorFile;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * The result of inspecting one weight.
 *
 * @param axes the reports on its first and second dimension
 */
record WeightReport(TensorFile.Entry entry, List<AxisReport> axes) {

  /** The bytes of a unit's class, its sketch and its entries in reports. */
  private static final long UNIT_BYTES = 512;

  /** The verdict on the closest units of both dimensions. */
  Finding finding() {
    return axes.stream().map(AxisReport::finding).min(Comparator.naturalOrder()).orElseThrow();
  }

  /**
   * Reads a weight and inspects it along both dimensions.
   *
   * @param limit the cosine above which units are near-duplicates
   * @param most the most numbers compared along each dimension
   * @throws dev.lockstep.input.InputException if the weight cannot be read or does not fit the
   *     memory
   */
  static WeightReport of(
      Path source, TensorFile file, TensorFile.Entry entry, double limit, long most) {
    requireMemory(source, entry);
    List<Along> along = Along.of(entry.shape().size());
    Matrix first = file.read(entry);
    int kernel = first.columns() / Math.toIntExact(entry.shape().get(1));
    AxisReport.Sorted rows = AxisReport.sort(along.getFirst(), first);
    AxisReport.Sorted columns = AxisReport.sort(along.getLast(), turned(first, kernel));
    return new WeightReport(
        entry,
        List.of(
            report(rows, columns, kernel, limit, most),
            report(columns, rows, kernel, limit, most)));
  }

  /** If all columns are equal, each row repeats one number and has no direction. */
  private static AxisReport report(
      AxisReport.Sorted units, AxisReport.Sorted others, int kernel, double limit, long most) {
    return (long) others.classes().count() * kernel > 1
        ? units.withNear(limit, most)
        : units.withoutNear();
  }

  private static void requireMemory(Path source, TensorFile.Entry entry) {
    long values = entry.shape().stream().reduce(1L, (a, b) -> a * b);
    long bytes = entry.reading() == TensorFile.Reading.BINARY64 ? Double.BYTES : Float.BYTES;
    long units = entry.shape().get(0) + entry.shape().get(1);
    // The values, and a copy with the first two dimensions exchanged.
    HeapLimit.require(
        2 * bytes * values + UNIT_BYTES * units,
        source.toString(),
        "shape of tensor '" + entry.name() + "'",
        entry.shape());
  }

  /**
   * Exchanges the first two dimensions.
   *
   * @param matrix n rows of m x kernel numbers
   * @return m rows of n x kernel numbers
   */
  private static Matrix turned(Matrix matrix, int kernel) {
    int n = matrix.rows();
    int m = matrix.columns() / kernel;
    return switch (matrix) {
      case FloatMatrix(int _, int _, float[] data) -> {
        float[] turned = new float[data.length];
        turn(data, turned, n, m, kernel);
        yield new FloatMatrix(m, n * kernel, turned);
      }
      case DoubleMatrix(int _, int _, double[] data) -> {
        double[] turned = new double[data.length];
        turn(data, turned, n, m, kernel);
        yield new DoubleMatrix(m, n * kernel, turned);
      }
      case DrawnMatrix drawn -> turned(drawn.copy(), kernel);
    };
  }

  @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of one type
  private static void turn(Object from, Object to, int n, int m, int kernel) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < m; j++) {
        System.arraycopy(from, (i * m + j) * kernel, to, (j * n + i) * kernel, kernel);
      }
    }
  }
}
