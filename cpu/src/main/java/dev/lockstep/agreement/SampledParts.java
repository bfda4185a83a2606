package dev.lockstep.agreement;

import dev.lockstep.backend.TensorView;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Axis;
import dev.lockstep.program.Op;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Chooses the part of every tensor that a sample of a step covers. Some rows of the batch and some
 * units of every layer are chosen once for the whole step. The axes then determine which parts of
 * its operands an operation needs: the chosen indices along the axes of its results, and all
 * indices along the axes that it sums over, couples or counts.
 *
 * <p>A result that cannot be read is recomputed, as far as the operations that read it need it.
 */
final class SampledParts {

  /** Some rows and columns of a tensor, both ascending. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Part(int[] rows, int[] columns) {

    /** Returns an element's row-major index in a whole matrix of {@code wide} columns. */
    int index(int element, int wide) {
      return rows[element / columns.length] * wide + columns[element % columns.length];
    }

    /** Copies this part of a tensor, row by row, or column by column if that takes fewer reads. */
    FloatMatrix of(TensorView tensors, Tensor tensor) {
      FloatMatrix part = new FloatMatrix(rows.length, columns.length);
      boolean byRows = rows.length <= columns.length;
      int[] lines = byRows ? rows : columns;
      int[] along = byRows ? columns : rows;
      int first = along[0];
      int length = along[along.length - 1] - first + 1;
      for (int i = 0; i < lines.length; i++) {
        FloatMatrix line =
            tensors.part(
                tensor,
                byRows
                    ? new Region(lines[i], 1, first, length)
                    : new Region(first, length, lines[i], 1));
        for (int j = 0; j < along.length; j++) {
          int at = byRows ? i * along.length + j : j * lines.length + i;
          part.data()[at] = line.data()[along[j] - first];
        }
      }
      return part;
    }
  }

  private final Map<Axis, int[]> chosen = new HashMap<>();
  private final Map<Op, Set<Axis>> whole = new HashMap<>();

  /**
   * Chooses rows and units.
   *
   * @param ops the operations, in an order in which they can run
   * @param readable tells which tensors can be read
   */
  SampledParts(List<Op> ops, Predicate<Tensor> readable, SampleExtent extent, Random random) {
    for (Op op : ops) {
      for (Tensor tensor : op.writes()) {
        choose(tensor.rows(), extent, random);
        choose(tensor.columns(), extent, random);
      }
    }
    Map<Tensor, Set<Axis>> demands = new HashMap<>();
    for (Op op : ops.reversed()) {
      Set<Axis> all = new HashSet<>(op.couples());
      all.addAll(op.counts());
      op.writes().forEach(result -> all.addAll(demands.getOrDefault(result, Set.of())));
      whole.put(op, all);
      for (Tensor operand : op.reads()) {
        if (!readable.test(operand)) {
          Set<Axis> demand = demands.computeIfAbsent(operand, t -> new HashSet<>());
          axes(operand).filter(axis -> needsAll(op, axis)).forEach(demand::add);
        }
      }
    }
  }

  private static Stream<Axis> axes(Tensor tensor) {
    return Stream.of(tensor.rows(), tensor.columns());
  }

  private void choose(Axis axis, SampleExtent extent, Random random) {
    chosen.computeIfAbsent(
        axis,
        a ->
            a instanceof Axis.Batch
                ? extent.ofRows(a.size(), random)
                : extent.ofUnits(a.size(), random));
  }

  private boolean needsAll(Op op, Axis axis) {
    return whole.getOrDefault(op, Set.of()).contains(axis)
        || op.writes().stream().noneMatch(result -> result.has(axis));
  }

  /** Returns the part of an operand or a result that an operation needs. */
  Part of(Op op, Tensor tensor) {
    return new Part(along(op, tensor.rows()), along(op, tensor.columns()));
  }

  private int[] along(Op op, Axis axis) {
    int[] some = chosen.get(axis);
    return some == null || needsAll(op, axis) ? IntStream.range(0, axis.size()).toArray() : some;
  }
}
