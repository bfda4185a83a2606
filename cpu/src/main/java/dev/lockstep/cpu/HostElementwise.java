package dev.lockstep.cpu;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.CacheState;
import dev.lockstep.backend.Elementwise.Kernel;
import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.machine.LastLevelCache;
import dev.lockstep.machine.Linux;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** One elementwise operation on Java arrays, again and again. */
final class HostElementwise implements Kernel {
  private static final float[] NONE = {};

  private final HostKernels<float[]> kernels;
  private final List<Arrays32> sets;
  private ElementwiseOperation operation;
  private List<Runnable> calls = List.of();
  private int next;

  /**
   * A set of arrays.
   *
   * @param first the first operand
   * @param second the second, if it is a matrix
   * @param labels of a loss
   * @param result what is written elsewhere than in place, or of an activation in place
   * @param rowLoss of a loss
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Arrays32(
      float[] first, float[] second, int[] labels, float[] result, float[] rowLoss) {
    static Arrays32 of(ElementwiseOperation operation) {
      int size = operation.first().size();
      int rows = operation.first().rows();
      int columns = operation.first().columns();
      float[] first = new float[size];
      return switch (operation) {
        case ElementwiseOperation.BiasActivation call ->
            new Arrays32(
                first,
                new float[columns],
                new int[0],
                call.activation().keepsInput() ? new float[size] : first,
                NONE);
        case ElementwiseOperation.Derivative _, ElementwiseOperation.Sgd _ ->
            new Arrays32(first, new float[size], new int[0], NONE, NONE);
        case ElementwiseOperation.ColumnSums _ ->
            new Arrays32(first, NONE, new int[0], new float[columns], NONE);
        case ElementwiseOperation.CrossEntropy _ ->
            new Arrays32(first, NONE, new int[rows], new float[size], new float[rows]);
      };
    }

    long bytes() {
      return (long) Float.BYTES
          * (first.length
              + second.length
              + labels.length
              + (result == first ? 0 : result.length)
              + rowLoss.length);
    }
  }

  /**
   * Copies the operands.
   *
   * @param kernels closed with this
   */
  HostElementwise(
      HostKernels<float[]> kernels,
      ElementwiseOperation operation,
      CacheState cache,
      Resources resources) {
    this.kernels = kernels;
    this.operation = operation;
    Arrays32 set = Arrays32.of(operation);
    int count = cache == CacheState.WARM ? 1 : cache.sets(reachable(resources), set.bytes());
    sets = Stream.generate(() -> Arrays32.of(operation)).limit(count).toList();
    load(operation);
  }

  private static long reachable(Resources resources) {
    return LastLevelCache.of(Linux.here())
        .orElseThrow(
            () ->
                new UnavailableException(
                    Cause.UNKNOWN_CACHES, LastLevelCache.UNKNOWN, "time warm operands only"))
        .reachableBy(resources.threads());
  }

  @Override
  public int sets() {
    return sets.size();
  }

  @Override
  public void load(ElementwiseOperation from) {
    operation = from;
    next = 0;
    for (Arrays32 set : sets) {
      Arrays.fill(set.result, Float.NaN);
      copy(from.first(), set.first);
      Arrays.fill(set.rowLoss, Float.NaN);
      switch (from) {
        case ElementwiseOperation.BiasActivation(_, _, Matrix bias) -> copy(bias, set.second);
        case ElementwiseOperation.Derivative(_, _, Matrix kept) -> copy(kept, set.second);
        case ElementwiseOperation.Sgd(_, Matrix gradient, _) -> copy(gradient, set.second);
        case ElementwiseOperation.CrossEntropy(_, int[] labels) ->
            System.arraycopy(labels, 0, set.labels, 0, set.labels.length);
        case ElementwiseOperation.ColumnSums _ -> {}
      }
    }
    calls = sets.stream().map(this::bound).toList();
  }

  private static void copy(Matrix from, float[] to) {
    if (!(from instanceof FloatMatrix(int _, int _, float[] data)) || data.length != to.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a binary32 matrix of %d elements was expected, not %s",
              to.length,
              from));
    }
    System.arraycopy(data, 0, to, 0, to.length);
  }

  @Override
  public void run() {
    calls.get(next).run();
    next = next + 1 == calls.size() ? 0 : next + 1;
  }

  private Runnable bound(Arrays32 set) {
    int rows = operation.first().rows();
    int columns = operation.first().columns();
    return switch (operation) {
      case ElementwiseOperation.BiasActivation call ->
          kernels.activate(call.activation(), rows, columns, set.first, set.second, set.result);
      case ElementwiseOperation.Derivative call ->
          kernels.derivative(call.activation(), rows * columns, set.first, set.second);
      case ElementwiseOperation.ColumnSums _ ->
          kernels.columnSums(rows, columns, set.first, set.result);
      case ElementwiseOperation.CrossEntropy _ ->
          kernels.loss(
              Loss.CROSS_ENTROPY, rows, columns, set.first, set.labels, set.rowLoss, set.result);
      case ElementwiseOperation.Sgd call ->
          kernels.update(
              Update.sgd(call.rate()),
              new StepNumbers(),
              rows * columns,
              set.first,
              set.second,
              List.of());
    };
  }

  @Override
  public List<FloatMatrix> results(int set) {
    Arrays32 arrays = sets.get(set);
    int rows = operation.first().rows();
    int columns = operation.first().columns();
    return switch (operation) {
      case ElementwiseOperation.BiasActivation _ ->
          List.of(new FloatMatrix(rows, columns, arrays.result.clone()));
      case ElementwiseOperation.Derivative _, ElementwiseOperation.Sgd _ ->
          List.of(new FloatMatrix(rows, columns, arrays.first.clone()));
      case ElementwiseOperation.ColumnSums _ ->
          List.of(new FloatMatrix(1, columns, arrays.result.clone()));
      case ElementwiseOperation.CrossEntropy _ ->
          List.of(
              new FloatMatrix(1, rows, arrays.rowLoss.clone()),
              new FloatMatrix(rows, columns, arrays.result.clone()));
    };
  }

  @Override
  public void close() {
    kernels.close();
  }
}
