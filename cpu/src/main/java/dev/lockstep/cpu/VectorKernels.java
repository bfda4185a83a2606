package dev.lockstep.cpu;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.Formula;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.Tensor;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Canonical arithmetic on vectors and threads. Lanes and threads compute different outputs, so each
 * output is the same chain of operations as in the plain loops.
 *
 * <p>Not thread-safe.
 */
final class VectorKernels implements HostKernels<float[]> {

  private final Workers workers;
  private final Gemm gemm;

  VectorKernels(int threads) {
    workers = new Workers(threads);
    gemm = new Gemm(workers);
  }

  @Override
  public float[] allocate(int length) {
    return new float[length];
  }

  @Override
  public void copy(Matrix matrix, float[] target) {
    if (matrix instanceof FloatMatrix floats) {
      System.arraycopy(floats.data(), 0, target, 0, floats.size());
    } else {
      for (int i = 0; i < matrix.size(); i++) {
        target[i] = (float) matrix.value(i);
      }
    }
  }

  @Override
  public Matrix matrix(int rows, int columns, float[] data) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    System.arraycopy(data, 0, matrix.data(), 0, matrix.size());
    return matrix;
  }

  @Override
  public double at(float[] data, int index) {
    return data[index];
  }

  @Override
  public Runnable copy(float[] from, float[] to, int length) {
    return () -> System.arraycopy(from, 0, to, 0, length);
  }

  @Override
  public Runnable gather(float[] features, int columns, int[] rowNumbers, float[] x) {
    return () -> {
      for (int i = 0; i < rowNumbers.length; i++) {
        System.arraycopy(features, rowNumbers[i] * columns, x, i * columns, columns);
      }
    };
  }

  @Override
  public Runnable product(ProductShape shape, float[] a, float[] b, float[] c) {
    return gemm.prepare(shape, a, b, c);
  }

  @Override
  public Runnable shift(float[] bias, float[] noise, float[] shifted) {
    return () -> {
      for (int j = 0; j < noise.length; j++) {
        shifted[j] = bias[j] + noise[j];
      }
    };
  }

  /** Divides the rows among the threads. */
  @Override
  public Runnable activate(
      Activation activation, int rows, int columns, float[] z, float[] bias, float[] a) {
    return workers.sharing(
        rows,
        (long) rows * columns,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            VectorActivation.row(activation, z, i * columns, bias, columns, a);
          }
        });
  }

  /** Disallows writing a over z for GELU, which uses a as scratch memory and then reads z. */
  @Override
  public boolean works(Op op, Tensor result) {
    return !(op instanceof Op.BiasActivation(Activation activation, _, _, _, Tensor a)
        && activation.keepsInput()
        && result.equals(a));
  }

  /** Divides the elements among the threads. */
  @Override
  public Runnable derivative(Activation activation, int length, float[] upstream, float[] kept) {
    float[][] scratch = workers.arrays(VectorActivation.SCRATCH);
    return workers.sharing(
        length,
        length,
        (worker, from, to) ->
            VectorActivation.derivative(activation, upstream, kept, from, to, scratch[worker]));
  }

  /** Divides the rows among the threads. */
  @Override
  public Runnable loss(
      Loss loss,
      int rows,
      int classes,
      float[] outputs,
      int[] labels,
      float[] rowLoss,
      float[] delta) {
    VectorLoss rule = VectorLoss.of(loss);
    float scale = 1 / (float) rows;
    return workers.sharing(
        rows,
        (long) rows * classes,
        (worker, from, to) ->
            rule.ofRows(
                to - from, classes, scale, labels, rowLoss, from, outputs, delta, from * classes));
  }

  /** Divides the columns among the threads. */
  @Override
  public Runnable columnSums(int rows, int columns, float[] delta, float[] sums) {
    return workers.sharing(
        columns,
        (long) rows * columns,
        (worker, from, to) -> sumColumns(rows, columns, delta, sums, from, to));
  }

  private static void sumColumns(
      int rows, int columns, float[] delta, float[] sums, int from, int to) {
    int j = from;
    for (; j <= to - Lanes.COUNT; j += Lanes.COUNT) {
      FloatVector sum = FloatVector.zero(Lanes.SPECIES);
      for (int i = 0; i < rows; i++) {
        sum = sum.add(FloatVector.fromArray(Lanes.SPECIES, delta, i * columns + j));
      }
      sum.intoArray(sums, j);
    }
    Arrays.fill(sums, j, to, 0);
    for (int i = 0; i < rows; i++) {
      for (int rest = j; rest < to; rest++) {
        sums[rest] = sums[rest] + delta[i * columns + rest];
      }
    }
  }

  /** Divides the columns among the threads. */
  @Override
  public Runnable columnProducts(int rows, int columns, float[] a, float[] b, float[] sums) {
    return workers.sharing(
        columns,
        (long) rows * columns,
        (worker, from, to) -> VectorElementwise.sums(rows, columns, a, b, sums, from, to));
  }

  /** Threads take different rows. */
  @Override
  public Runnable elementwise(
      Formula formula,
      int rows,
      int columns,
      Strided<float[]> a,
      Strided<float[]> b,
      Strided<float[]> c,
      float[] result) {
    return workers.sharing(
        rows,
        (long) rows * columns,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            VectorElementwise.row(
                formula,
                columns,
                a.array(),
                i * a.stride(),
                b.array(),
                i * b.stride(),
                c.array(),
                i * c.stride(),
                result,
                i * columns);
          }
        });
  }

  /** Divides the elements among the threads. */
  @Override
  public Runnable update(
      Update update,
      StepNumbers numbers,
      int length,
      float[] w,
      float[] gradient,
      List<float[]> moments) {
    VectorUpdate vectors = new VectorUpdate(update, numbers, w, moments);
    Runnable pass =
        workers.sharing(
            length, length, (worker, from, to) -> vectors.apply(from, gradient, from, to - from));
    return () -> {
      vectors.prepare();
      pass.run();
    };
  }

  /**
   * Fuses a weight gradient with its update. In wide layers, writing a gradient to memory and
   * reading it back takes longer than computing the product of a small batch.
   */
  @Override
  public boolean join(Op first, Op second) {
    return first instanceof Op.Product product
        && product.form() == ProductForm.ATB
        && second instanceof Op.Update;
  }

  @Override
  public Runnable productUpdate(
      ProductShape shape,
      float[] a,
      float[] b,
      Update update,
      StepNumbers numbers,
      float[] w,
      List<float[]> moments) {
    VectorUpdate vectors = new VectorUpdate(update, numbers, w, moments);
    int columns = shape.n();
    Runnable pass =
        gemm.prepare(
            shape,
            a,
            b,
            (gradient, at, stride, row0, row1, column0, column1) -> {
              for (int i = row0; i < row1; i++) {
                int from = at + (i - row0) * stride;
                vectors.apply(i * columns + column0, gradient, from, column1 - column0);
              }
            });
    return () -> {
      vectors.prepare();
      pass.run();
    };
  }

  @Override
  public void close() {
    workers.close();
  }
}
