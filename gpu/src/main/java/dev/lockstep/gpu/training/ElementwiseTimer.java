package dev.lockstep.gpu.training;

import dev.lockstep.backend.CacheState;
import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Loss;
import java.util.ArrayList;
import java.util.List;

/** One elementwise operation of a backend, on sets of tensors that take turns. */
public final class ElementwiseTimer implements AutoCloseable {
  private final DeviceSession session;
  private final List<TensorSet> sets = new ArrayList<>();
  private final StopWatch watch;
  private final Closing owned = new Closing();
  private int next;

  /** A tensor that is written, and its shape. */
  private record Result(DeviceMemory memory, int rows, int columns) {}

  /**
   * What one call works on.
   *
   * @param operands in the order of the operation's matrices
   * @param labels of a loss; else empty
   * @param results what is written
   * @param elsewhere those of the results that are not written in place
   */
  private record TensorSet(
      List<DeviceMemory> operands,
      List<DeviceMemory> labels,
      List<Result> results,
      List<DeviceMemory> elsewhere,
      Work work) {}

  private ElementwiseTimer(
      Products by, int device, ElementwiseOperation operation, CacheState cache) {
    try {
      session = owned.own(DeviceSession.open(by, device));
      long bytes = bytes(operation);
      int count = cache.sets(session.context.cacheBytes(), bytes);
      // How many sets there are depends on the device, so that it is asked once it is open.
      new DeviceNeed(bytes * count).require(session.context, device);
      watch = owned.own(StopWatch.open(session.stream));
      for (int i = 0; i < count; i++) {
        sets.add(allocate(operation));
      }
      load(operation);
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  static ElementwiseTimer open(
      Products by, int device, ElementwiseOperation operation, CacheState cache) {
    return new ElementwiseTimer(by, device, operation, cache);
  }

  private static long bytes(ElementwiseOperation operation) {
    long rows = operation.first().rows();
    long columns = operation.first().columns();
    long size = rows * columns;
    return Float.BYTES
        * switch (operation) {
          case ElementwiseOperation.BiasActivation call ->
              (call.activation().keepsInput() ? 2 : 1) * size + columns;
          case ElementwiseOperation.ColumnSums _ -> size + columns;
          case ElementwiseOperation.Derivative _, ElementwiseOperation.Sgd _ -> 2 * size;
          case ElementwiseOperation.CrossEntropy _ -> 2 * size + 2 * rows;
        };
  }

  private TensorSet allocate(ElementwiseOperation operation) {
    int rows = operation.first().rows();
    int columns = operation.first().columns();
    long size = (long) rows * columns;
    Kernels kernels = session.kernels;
    return switch (operation) {
      case ElementwiseOperation.BiasActivation call -> {
        DeviceMemory z = tensor("z", size);
        DeviceMemory bias = tensor("b", columns);
        DeviceMemory a = call.activation().keepsInput() ? tensor("a", size) : z;
        yield new TensorSet(
            List.of(z, bias),
            List.of(),
            List.of(new Result(a, rows, columns)),
            a == z ? List.of() : List.of(a),
            kernels.biasActivation(call.activation(), z, bias, a, rows, columns));
      }
      case ElementwiseOperation.Derivative call -> {
        DeviceMemory upstream = tensor("dA", size);
        DeviceMemory kept = tensor("kept", size);
        yield new TensorSet(
            List.of(upstream, kept),
            List.of(),
            List.of(new Result(upstream, rows, columns)),
            List.of(),
            kernels.derivative(call.activation(), upstream, kept, size));
      }
      case ElementwiseOperation.ColumnSums _ -> {
        DeviceMemory delta = tensor("delta", size);
        DeviceMemory sums = tensor("column sums", columns);
        yield new TensorSet(
            List.of(delta),
            List.of(),
            List.of(new Result(sums, 1, columns)),
            List.of(sums),
            kernels.columnSums(delta, sums, rows, columns));
      }
      case ElementwiseOperation.CrossEntropy _ -> {
        DeviceMemory logits = tensor("logits", size);
        DeviceMemory labels = tensor("labels", rows);
        DeviceMemory losses = tensor("row losses", rows);
        DeviceMemory delta = tensor("delta", size);
        yield new TensorSet(
            List.of(logits),
            List.of(labels),
            List.of(new Result(losses, 1, rows), new Result(delta, rows, columns)),
            List.of(losses, delta),
            kernels.loss(
                Loss.CROSS_ENTROPY, logits, labels, losses, delta, rows, columns, 1, null));
      }
      case ElementwiseOperation.Sgd call -> {
        DeviceMemory weights = tensor("w", size);
        DeviceMemory gradient = tensor("g", size);
        yield new TensorSet(
            List.of(weights, gradient),
            List.of(),
            List.of(new Result(weights, rows, columns)),
            List.of(),
            kernels.sgd(weights, gradient, size, call.rate(), null));
      }
    };
  }

  private DeviceMemory tensor(String name, long elements) {
    return owned.own(session.allocate(name, elements));
  }

  /** How many sets of tensors there are. */
  public int sets() {
    return sets.size();
  }

  /**
   * Overwrites the operands of every set, and with zeros what is only written.
   *
   * @param operation of the same kind, shapes and numbers as the first, with other operands
   */
  public void load(ElementwiseOperation operation) {
    next = 0;
    List<Matrix> matrices =
        switch (operation) {
          case ElementwiseOperation.BiasActivation call -> List.of(call.z(), call.bias());
          case ElementwiseOperation.Derivative call -> List.of(call.upstream(), call.kept());
          case ElementwiseOperation.ColumnSums call -> List.of(call.delta());
          case ElementwiseOperation.CrossEntropy call -> List.of(call.logits());
          case ElementwiseOperation.Sgd call -> List.of(call.weights(), call.gradient());
        };
    for (TensorSet set : sets) {
      for (int i = 0; i < matrices.size(); i++) {
        session.staging.upload(matrices.get(i), set.operands.get(i));
      }
      if (operation instanceof ElementwiseOperation.CrossEntropy(_, int[] labels)) {
        session.staging.upload(labels, set.labels.getFirst());
      }
      set.elsewhere.forEach(session.stream::clear);
    }
    session.stream.synchronize();
  }

  /** Runs it so many times, on one set after the other. */
  public DeviceWindow time(int calls) {
    return watch.time(
        calls,
        () -> {
          for (int i = 0; i < calls; i++) {
            sets.get(next).work.into(session.stream);
            next = next + 1 == sets.size() ? 0 : next + 1;
          }
        });
  }

  /** Copies of what was computed in a set, as {@link ElementwiseOperation#by} lists it. */
  public List<FloatMatrix> results(int set) {
    return sets.get(set).results.stream()
        .map(result -> session.staging.download(result.memory, result.rows, result.columns))
        .toList();
  }

  @Override
  public void close() {
    owned.close();
  }
}
