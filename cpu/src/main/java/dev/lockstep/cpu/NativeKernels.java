package dev.lockstep.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.Activation;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Update;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Canonical arithmetic on native memory, with products of a library: on vectors and threads, as
 * {@link VectorKernels} does it on Java arrays, with the same bits. One pass over memory an
 * operation, in place, as who calls such a library would write it; only the product cannot be fused
 * with what follows.
 *
 * <p>Arrays start at a cache line, and in large pages where the C library's malloc asks for them.
 */
final class NativeKernels implements PlainKernels<MemorySegment> {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long LINE_BYTES = 64;

  /** Elements of a copy that stays in the cache. */
  private static final int COPIED = 1024;

  private final NativeProducts products;
  private final Workers workers;
  private final Map<MemorySegment, Arena> owners = new IdentityHashMap<>();

  /**
   * @param threads of everything but the products
   */
  NativeKernels(NativeProducts products, int threads) {
    this.products = products;
    workers = new Workers(threads);
  }

  /** In an arena of its own, so that one array can go before the others. */
  @Override
  @SuppressWarnings("MustBeClosedChecker") // by release, or at the end by close
  public MemorySegment allocate(int length) {
    Arena arena = Arena.ofShared();
    MemorySegment array = arena.allocate((long) length * Float.BYTES, LINE_BYTES);
    owners.put(array, arena);
    return array;
  }

  @Override
  public void release(MemorySegment array) {
    Arena owner = owners.remove(array);
    if (owner == null) {
      throw new IllegalArgumentException("not an array of these kernels");
    }
    owner.close();
  }

  @Override
  public void close() {
    workers.close();
    owners.values().forEach(Arena::close);
    owners.clear();
  }

  @Override
  public void copy(Matrix matrix, MemorySegment target) {
    if (matrix instanceof FloatMatrix floats) {
      MemorySegment.copy(floats.data(), 0, target, JAVA_FLOAT, 0, matrix.size());
    } else {
      for (int i = 0; i < matrix.size(); i++) {
        target.setAtIndex(JAVA_FLOAT, i, (float) matrix.value(i));
      }
    }
  }

  @Override
  public Matrix matrix(int rows, int columns, MemorySegment data) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    MemorySegment.copy(data, JAVA_FLOAT, 0, matrix.data(), 0, matrix.size());
    return matrix;
  }

  @Override
  public double at(MemorySegment data, int index) {
    return data.getAtIndex(JAVA_FLOAT, index);
  }

  @Override
  public void gather(float[] source, int from, int length, MemorySegment target, int offset) {
    MemorySegment.copy(source, from, target, JAVA_FLOAT, bytes(offset), length);
  }

  @Override
  public void product(
      ProductForm form, int m, int n, int k, MemorySegment a, MemorySegment b, MemorySegment c) {
    if (k == 0) {
      c.fill((byte) 0);
    } else {
      products.multiply(form, m, n, k, a, b, c);
    }
  }

  private static long bytes(long index) {
    return index * Float.BYTES;
  }

  private static FloatVector load(MemorySegment array, long index) {
    return FloatVector.fromMemorySegment(Lanes.SPECIES, array, bytes(index), ORDER);
  }

  private static FloatVector load(MemorySegment array, long index, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(Lanes.SPECIES, array, bytes(index), ORDER, mask);
  }

  private static void store(FloatVector x, MemorySegment array, long index) {
    x.intoMemorySegment(array, bytes(index), ORDER);
  }

  private static void store(
      FloatVector x, MemorySegment array, long index, VectorMask<Float> mask) {
    x.intoMemorySegment(array, bytes(index), ORDER, mask);
  }

  @Override
  public void shift(MemorySegment bias, float[] noise, MemorySegment shifted) {
    for (int j = 0; j < noise.length; j++) {
      shifted.setAtIndex(JAVA_FLOAT, j, bias.getAtIndex(JAVA_FLOAT, j) + noise[j]);
    }
  }

  @Override
  public void activate(
      Activation activation,
      int rows,
      int columns,
      MemorySegment z,
      MemorySegment bias,
      MemorySegment a) {
    workers.share(
        rows,
        (long) rows * columns,
        (from, to) -> {
          switch (activation) {
            case IDENTITY -> {
              for (int i = from; i < to; i++) {
                addBias(z, (long) i * columns, columns, bias);
              }
            }
            case RELU -> {
              for (int i = from; i < to; i++) {
                relu(z, (long) i * columns, columns, bias);
              }
            }
            case LEAKY_RELU, TANH, SIGMOID, GELU ->
                activateCopies(activation, z, from, to, columns, bias, a);
          }
        });
  }

  private static void addBias(MemorySegment z, long row, int columns, MemorySegment bias) {
    int j = 0;
    for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
      store(load(z, row + j).add(load(bias, j)), z, row + j);
    }
    if (j < columns) {
      var mask = Lanes.SPECIES.indexInRange(j, columns);
      store(load(z, row + j, mask).add(load(bias, j, mask)), z, row + j, mask);
    }
  }

  private static void relu(MemorySegment z, long row, int columns, MemorySegment bias) {
    int j = 0;
    for (; j <= columns - Lanes.COUNT; j += Lanes.COUNT) {
      store(relu(load(z, row + j).add(load(bias, j))), z, row + j);
    }
    if (j < columns) {
      var mask = Lanes.SPECIES.indexInRange(j, columns);
      store(relu(load(z, row + j, mask).add(load(bias, j, mask))), z, row + j, mask);
    }
  }

  private static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(VectorOperators.LE, 0f));
  }

  /** Row by row on copies in the heap that stay in the cache, by the vector backend's loops. */
  private static void activateCopies(
      Activation activation,
      MemorySegment z,
      int from,
      int to,
      int columns,
      MemorySegment bias,
      MemorySegment a) {
    float[] added = bias.toArray(JAVA_FLOAT);
    float[] sums = new float[columns];
    float[] outputs = activation.keepsInput() ? new float[columns] : sums;
    for (int i = from; i < to; i++) {
      long row = bytes((long) i * columns);
      MemorySegment.copy(z, JAVA_FLOAT, row, sums, 0, columns);
      VectorKernels.activateRow(activation, sums, 0, added, 0, columns, outputs);
      MemorySegment.copy(sums, 0, z, JAVA_FLOAT, row, columns);
      if (activation.keepsInput()) {
        MemorySegment.copy(outputs, 0, a, JAVA_FLOAT, row, columns);
      }
    }
  }

  @Override
  public void derivative(Activation activation, MemorySegment upstream, MemorySegment kept) {
    int length = (int) (upstream.byteSize() / Float.BYTES);
    if (activation != Activation.IDENTITY) {
      workers.share(length, length, (from, to) -> derivative(activation, upstream, kept, from, to));
    }
  }

  private static void derivative(
      Activation activation, MemorySegment upstream, MemorySegment kept, int from, int to) {
    if (activation.keepsInput()) {
      derivativeOfCopies(activation, upstream, kept, from, to);
      return;
    }
    int i = from;
    for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector up = load(upstream, i);
      store(VectorKernels.derivative(activation, up, load(kept, i)), upstream, i);
    }
    if (i < to) {
      var mask = Lanes.SPECIES.indexInRange(i, to);
      FloatVector up = load(upstream, i, mask);
      FloatVector a = load(kept, i, mask);
      store(VectorKernels.derivative(activation, up, a), upstream, i, mask);
    }
  }

  private static void derivativeOfCopies(
      Activation activation, MemorySegment upstream, MemorySegment kept, int from, int to) {
    float[] up = new float[COPIED];
    float[] z = new float[COPIED];
    for (int i = from; i < to; i += COPIED) {
      int length = Math.min(COPIED, to - i);
      MemorySegment.copy(upstream, JAVA_FLOAT, bytes(i), up, 0, length);
      MemorySegment.copy(kept, JAVA_FLOAT, bytes(i), z, 0, length);
      VectorKernels.derivative(activation, up, z, 0, length);
      MemorySegment.copy(up, 0, upstream, JAVA_FLOAT, bytes(i), length);
    }
  }

  /**
   * Of few classes, as a rule, and in one order: by the vector backend, on copies in the heap that
   * stay in the cache.
   */
  @Override
  public void loss(
      Loss loss,
      int rows,
      int classes,
      MemorySegment outputs,
      int[] labels,
      MemorySegment rowLoss,
      MemorySegment delta) {
    VectorKernels.RowLoss ofRow = VectorKernels.RowLoss.of(loss);
    float scale = 1 / (float) rows;
    workers.share(
        rows,
        (long) rows * classes,
        (from, to) -> {
          float[] z = new float[classes];
          float[] d = new float[classes];
          for (int i = from; i < to; i++) {
            long row = bytes((long) i * classes);
            MemorySegment.copy(outputs, JAVA_FLOAT, row, z, 0, classes);
            rowLoss.setAtIndex(JAVA_FLOAT, i, ofRow.of(classes, z, 0, labels[i], scale, d));
            MemorySegment.copy(d, 0, delta, JAVA_FLOAT, row, classes);
          }
        });
  }

  @Override
  public void columnSums(int rows, int columns, MemorySegment delta, MemorySegment sums) {
    workers.share(
        columns,
        (long) rows * columns,
        (from, to) -> {
          for (int j = from; j < to; j += Lanes.COUNT) {
            var mask = Lanes.SPECIES.indexInRange(j, to);
            FloatVector sum = FloatVector.zero(Lanes.SPECIES);
            for (int i = 0; i < rows; i++) {
              sum = sum.add(load(delta, (long) i * columns + j, mask));
            }
            store(sum, sums, j, mask);
          }
        });
  }

  @Override
  public void update(
      Update update, MemorySegment weights, MemorySegment gradient, List<MemorySegment> moments) {
    int length = (int) (weights.byteSize() / Float.BYTES);
    VectorUpdate work = new VectorUpdate(update, weights, gradient, moments);
    workers.share(length, length, work::apply);
  }
}
