package dev.lockstep.cpu;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.backend.Work;
import dev.lockstep.machine.LastLevelCache;
import dev.lockstep.machine.Linux;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A single operation on host arrays, for timing. */
final class HostTimed<A> implements Timed.Tensors {
  private final HostKernels<A> kernels;
  private final List<HostOperation<A>> sets;
  private final Runnable[] calls;
  private int next;

  /**
   * Copies the operands into each set of arrays.
   *
   * @param kernels closed together with this object, or by this constructor if it fails
   */
  HostTimed(HostKernels<A> kernels, Work.OnTensors work, Resources resources) {
    this.kernels = kernels;
    try {
      Work.Operation operation =
          switch (work) {
            case Work.Product product -> product.operation();
            case Work.Operation other -> other;
            case Work.Copying _ -> throw new IllegalArgumentException("no device: " + work);
          };
      sets =
          Stream.generate(() -> new HostOperation<>(kernels, operation.single()))
              .limit(count(operation, resources))
              .toList();
      calls = sets.stream().map(set -> set.call).toArray(Runnable[]::new);
      load(operation.operands());
    } catch (RuntimeException | Error e) {
      kernels.close();
      throw e;
    }
  }

  private int count(Work.Operation operation, Resources resources) {
    if (operation.cache() == Work.CacheState.WARM) {
      return 1;
    }
    long caches =
        LastLevelCache.of(Linux.here())
            .orElseThrow(
                () ->
                    new UnavailableException(
                        Cause.UNKNOWN_CACHES, LastLevelCache.UNKNOWN, "time warm operands only"))
            .reachableBy(resources.threads());
    return operation
        .cache()
        .sets(
            caches,
            operation.single().lowered(kernels).storage().bytes(Lifetime.STEP, Float.BYTES));
  }

  @Override
  public int sets() {
    return sets.size();
  }

  @Override
  public void load(Map<Tensor, ? extends Matrix> operands) {
    next = 0;
    for (HostOperation<A> set : sets) {
      set.clear();
      set.load(operands);
    }
  }

  @Override
  public Times run(int count) {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      calls[next].run();
      next = next + 1 == calls.length ? 0 : next + 1;
    }
    return Times.since(start);
  }

  @Override
  public FloatMatrix part(int set, Tensor result, Region region) {
    int columns = result.columns().size();
    HostOperation<A> of = sets.get(set);
    return region.copyOf(
        new DrawnMatrix(result.rows().size(), columns, (i, j) -> of.at(result, i * columns + j)));
  }

  @Override
  public void close() {
    kernels.close();
  }
}
