package dev.lockstep.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.Formula;
import dev.lockstep.program.ProductShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.IdentityHashMap;
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

  /** Threads take different columns. */
  @Override
  public Runnable columnProducts(
      int rows, int columns, MemorySegment a, MemorySegment b, MemorySegment sums) {
    float[][] totals = workers.arrays(PIECE);
    float[][] ofA = workers.arrays(PIECE);
    float[][] ofB = workers.arrays(PIECE);
    return inPieces(
        columns,
        (worker, at, count) -> {
          float[] total = totals[worker];
          Arrays.fill(total, 0, count, 0);
          for (int i = 0; i < rows; i++) {
            read(a, (long) i * columns + at, ofA[worker], count);
            read(b, (long) i * columns + at, ofB[worker], count);
            for (int j = 0; j < count; j++) {
              total[j] = Math.fma(ofA[worker][j], ofB[worker][j], total[j]);
            }
          }
          write(total, sums, at, count);
        });
  }

  /** Threads take different rows. */
  @Override
  public Runnable elementwise(
      Formula formula,
      int rows,
      int columns,
      Strided<MemorySegment> a,
      Strided<MemorySegment> b,
      Strided<MemorySegment> c,
      MemorySegment result) {
    float[][] ofA = workers.arrays(columns);
    float[][] ofB = workers.arrays(columns);
    float[][] ofC = workers.arrays(columns);
    return workers.sharing(
        rows,
        (long) rows * columns,
        (worker, from, to) -> {
          float[] x = ofA[worker];
          for (int i = from; i < to; i++) {
            read(a.array(), (long) i * a.stride(), x, columns);
            read(b.array(), (long) i * b.stride(), ofB[worker], columns);
            read(c.array(), (long) i * c.stride(), ofC[worker], columns);
            VectorElementwise.row(formula, columns, x, 0, ofB[worker], 0, ofC[worker], 0, x, 0);
            write(x, result, (long) i * columns, columns);
          }
        });
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
