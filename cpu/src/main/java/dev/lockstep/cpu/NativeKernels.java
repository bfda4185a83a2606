package dev.lockstep.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Canonical arithmetic on native memory, with the products of a library. All other operations copy
 * one piece at a time to the heap and use the vector backend's code. Pieces stay in the first-level
 * cache, so memory is read and written once, as in a program that calls such a library.
 *
 * <p>Arrays start at a cache line. They are in large pages if the C library's malloc requests them.
 */
final class NativeKernels implements HostKernels<MemorySegment> {
  private static final long LINE_BYTES = 64;

  /** The number of elements of a piece. A row of activations is always one piece. */
  private static final int PIECE = 1024;

  private final NativeProducts products;
  private final Workers workers;
  private final Map<MemorySegment, Arena> owners = new IdentityHashMap<>();

  /**
   * @param threads threads for all operations except the products
   */
  NativeKernels(NativeProducts products, int threads) {
    this.products = products;
    workers = new Workers(threads);
  }

  /** Allocates each array in its own arena, so that arrays can be released separately. */
  @Override
  @SuppressWarnings("MustBeClosedChecker") // closed by release or close
  public MemorySegment allocate(int length) {
    Arena arena = Arena.ofShared();
    MemorySegment array = arena.allocate(bytes(length), LINE_BYTES);
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
      write(floats.data(), target, 0, matrix.size());
    } else {
      for (int i = 0; i < matrix.size(); i++) {
        target.setAtIndex(JAVA_FLOAT, i, (float) matrix.value(i));
      }
    }
  }

  @Override
  public Matrix matrix(int rows, int columns, MemorySegment data) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    read(data, 0, matrix.data(), matrix.size());
    return matrix;
  }

  @Override
  public double at(MemorySegment data, int index) {
    return data.getAtIndex(JAVA_FLOAT, index);
  }

  @Override
  public Runnable copy(MemorySegment from, MemorySegment to, int length) {
    return () -> MemorySegment.copy(from, 0, to, 0, bytes(length));
  }

  @Override
  public Runnable gather(float[] features, int columns, int[] rowNumbers, MemorySegment x) {
    return () -> {
      for (int i = 0; i < rowNumbers.length; i++) {
        long to = bytes((long) i * columns);
        MemorySegment.copy(features, rowNumbers[i] * columns, x, JAVA_FLOAT, to, columns);
      }
    };
  }

  @Override
  public Runnable product(ProductShape shape, MemorySegment a, MemorySegment b, MemorySegment c) {
    if (shape.k() == 0) {
      return () -> c.asSlice(0, bytes(shape.sizeOfC())).fill((byte) 0);
    }
    return () -> products.multiply(shape.form(), shape.m(), shape.n(), shape.k(), a, b, c);
  }

  private static long bytes(long index) {
    return index * Float.BYTES;
  }

  private static void read(MemorySegment from, long at, float[] to, int length) {
    MemorySegment.copy(from, JAVA_FLOAT, bytes(at), to, 0, length);
  }

  private static void write(float[] from, MemorySegment to, long at, int length) {
    MemorySegment.copy(from, 0, to, JAVA_FLOAT, bytes(at), length);
  }

  @Override
  public Runnable shift(MemorySegment bias, float[] noise, MemorySegment shifted) {
    return () -> {
      for (int j = 0; j < noise.length; j++) {
        shifted.setAtIndex(JAVA_FLOAT, j, bias.getAtIndex(JAVA_FLOAT, j) + noise[j]);
      }
    };
  }

  /** Divides the rows among the threads. */
  @Override
  public Runnable activate(
      Activation activation,
      int rows,
      int columns,
      MemorySegment z,
      MemorySegment bias,
      MemorySegment a) {
    float[] added = new float[columns];
    float[][] sums = workers.arrays(columns);
    float[][] outputs = z.equals(a) && !activation.keepsInput() ? sums : workers.arrays(columns);
    Runnable pass =
        workers.sharing(
            rows,
            (long) rows * columns,
            (worker, from, to) -> {
              float[] sum = sums[worker];
              float[] output = outputs[worker];
              for (int i = from; i < to; i++) {
                long row = (long) i * columns;
                read(z, row, sum, columns);
                VectorActivation.row(activation, sum, 0, added, columns, output);
                write(sum, z, row, columns);
                if (output != sum) {
                  write(output, a, row, columns);
                }
              }
            });
    return () -> {
      read(bias, 0, added, columns);
      pass.run();
    };
  }

  /** Divides the elements among the threads. */
  @Override
  public Runnable derivative(
      Activation activation, int length, MemorySegment upstream, MemorySegment kept) {
    float[][] ups = workers.arrays(PIECE);
    float[][] from = workers.arrays(PIECE);
    float[][] scratch = workers.arrays(VectorActivation.SCRATCH);
    return inPieces(
        length,
        (worker, at, count) -> {
          read(upstream, at, ups[worker], count);
          read(kept, at, from[worker], count);
          VectorActivation.derivative(
              activation, ups[worker], from[worker], 0, count, scratch[worker]);
          write(ups[worker], upstream, at, count);
        });
  }

  /** Processes elements {@code at} to {@code at + count - 1} as worker number {@code worker}. */
  @FunctionalInterface
  private interface Piece {
    void run(int worker, int at, int count);
  }

  private Runnable inPieces(int length, Piece piece) {
    return workers.sharing(
        length,
        length,
        (worker, from, to) -> {
          for (int at = from; at < to; at += PIECE) {
            piece.run(worker, at, Math.min(PIECE, to - at));
          }
        });
  }

  /** Divides the rows among the threads. */
  @Override
  public Runnable loss(
      Loss loss,
      int rows,
      int classes,
      MemorySegment outputs,
      int[] labels,
      MemorySegment rowLoss,
      MemorySegment delta) {
    VectorLoss rule = VectorLoss.of(loss);
    float scale = 1 / (float) rows;
    int most = Math.max(1, PIECE / classes);
    float[][] ofOutputs = workers.arrays(most * classes);
    float[][] ofDelta = workers.arrays(most * classes);
    float[] losses = new float[rows];
    return workers.sharing(
        rows,
        (long) rows * classes,
        (worker, from, to) -> {
          float[] z = ofOutputs[worker];
          float[] d = ofDelta[worker];
          for (int i = from; i < to; i += most) {
            int count = Math.min(most, to - i);
            long at = (long) i * classes;
            read(outputs, at, z, count * classes);
            rule.ofRows(count, classes, scale, labels, losses, i, z, d, 0);
            write(d, delta, at, count * classes);
          }
          MemorySegment.copy(losses, from, rowLoss, JAVA_FLOAT, bytes(from), to - from);
        });
  }

  /** Divides the columns among the threads. */
  @Override
  public Runnable columnSums(int rows, int columns, MemorySegment delta, MemorySegment sums) {
    float[][] totals = workers.arrays(PIECE);
    float[][] ofRow = workers.arrays(PIECE);
    return inPieces(
        columns,
        (worker, at, count) -> {
          float[] total = totals[worker];
          float[] row = ofRow[worker];
          Arrays.fill(total, 0, count, 0);
          for (int i = 0; i < rows; i++) {
            read(delta, (long) i * columns + at, row, count);
            for (int j = 0; j < count; j++) {
              total[j] = total[j] + row[j];
            }
          }
          write(total, sums, at, count);
        });
  }

  @Override
  public Runnable statistics(
      int rows, int columns, MemorySegment x, MemorySegment mean, MemorySegment variance) {
    OnHeap heap = new OnHeap();
    float[] from = heap.read(x, rows * columns);
    float[] middle = heap.written(mean, columns);
    float[] spread = heap.written(variance, columns);
    return heap.around(
        () -> VectorNormalization.statistics(rows, columns, from, middle, spread, 0, columns));
  }

  @Override
  public Runnable normalize(
      int rows,
      int columns,
      MemorySegment x,
      MemorySegment mean,
      MemorySegment variance,
      MemorySegment gain,
      MemorySegment normal,
      MemorySegment scaled) {
    OnHeap heap = new OnHeap();
    float[] from = heap.read(x, rows * columns);
    float[] middle = heap.read(mean, columns);
    float[] spread = heap.read(variance, columns);
    float[] factor = heap.read(gain, columns);
    float[] n = heap.written(normal, rows * columns);
    float[] to = heap.written(scaled, rows * columns);
    return heap.around(
        () ->
            VectorNormalization.normalize(
                rows, columns, from, middle, spread, factor, n, to, 0, columns));
  }

  @Override
  public Runnable normalizeDerivative(
      int rows,
      int columns,
      MemorySegment delta,
      MemorySegment normal,
      MemorySegment variance,
      MemorySegment gain,
      MemorySegment sums,
      MemorySegment gainGradient,
      MemorySegment gradient) {
    OnHeap heap = new OnHeap();
    float[] from = heap.read(delta, rows * columns);
    float[] n = heap.read(normal, rows * columns);
    float[] spread = heap.read(variance, columns);
    float[] factor = heap.read(gain, columns);
    float[] sum = heap.read(sums, columns);
    float[] ofGain = heap.written(gainGradient, columns);
    float[] to = heap.written(gradient, rows * columns);
    return heap.around(
        () ->
            VectorNormalization.derivative(
                rows, columns, from, n, spread, factor, sum, ofGain, to, 0, columns));
  }

  @Override
  public Runnable runningStatistics(
      int rows,
      int columns,
      MemorySegment mean,
      MemorySegment variance,
      MemorySegment runningMean,
      MemorySegment runningVariance) {
    OnHeap heap = new OnHeap();
    float[] middle = heap.read(mean, columns);
    float[] spread = heap.read(variance, columns);
    float[] ofMean = heap.changed(runningMean, columns);
    float[] ofVariance = heap.changed(runningVariance, columns);
    return heap.around(
        () -> VectorNormalization.running(rows, columns, middle, spread, ofMean, ofVariance));
  }

  /** Copies whole arrays to the heap, for operations that are rarely used with a library. */
  private static final class OnHeap {
    private final Map<MemorySegment, float[]> read = new LinkedHashMap<>();
    private final Map<MemorySegment, float[]> written = new LinkedHashMap<>();

    float[] read(MemorySegment array, int length) {
      return read.computeIfAbsent(array, a -> new float[length]);
    }

    float[] written(MemorySegment array, int length) {
      return written.computeIfAbsent(array, a -> new float[length]);
    }

    float[] changed(MemorySegment array, int length) {
      float[] copy = read(array, length);
      written.put(array, copy);
      return copy;
    }

    Runnable around(Runnable call) {
      return () -> {
        read.forEach((from, to) -> NativeKernels.read(from, 0, to, to.length));
        call.run();
        written.forEach((to, from) -> write(from, to, 0, from.length));
      };
    }
  }

  /** Divides the elements among the threads. */
  @Override
  public Runnable update(
      Update update,
      StepNumbers numbers,
      int length,
      MemorySegment w,
      MemorySegment gradient,
      List<MemorySegment> moments) {
    float[][] parameters = workers.arrays(PIECE);
    float[][] gradients = workers.arrays(PIECE);
    List<float[][]> kept = moments.stream().map(moment -> workers.arrays(PIECE)).toList();
    VectorUpdate[] updates = new VectorUpdate[workers.count()];
    Arrays.setAll(
        updates,
        worker ->
            new VectorUpdate(
                update,
                numbers,
                parameters[worker],
                kept.stream().map(pieces -> pieces[worker]).toList()));
    return inPieces(
        length,
        (worker, at, count) -> {
          read(w, at, parameters[worker], count);
          read(gradient, at, gradients[worker], count);
          for (int k = 0; k < moments.size(); k++) {
            read(moments.get(k), at, kept.get(k)[worker], count);
          }
          updates[worker].prepare();
          updates[worker].apply(0, gradients[worker], 0, count);
          write(parameters[worker], w, at, count);
          for (int k = 0; k < moments.size(); k++) {
            write(kept.get(k)[worker], moments.get(k), at, count);
          }
        });
  }
}
