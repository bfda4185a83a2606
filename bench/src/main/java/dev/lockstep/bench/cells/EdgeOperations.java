package dev.lockstep.bench.cells;

import static dev.lockstep.bench.cells.PlainArithmetic.matrix;

import dev.lockstep.backend.Operations;
import dev.lockstep.bench.cells.EdgeCase.Result;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Single operations on operands at the edges of binary32 and of kernels: sums that end in -0, zeros
 * beside an infinity, subnormal numbers, slopes at exactly 0, products of more terms than a panel
 * holds, rows and columns that fill no tile or vector, outputs whose exponentials overflow.
 */
final class EdgeOperations {

  /** C is m x n; each element is a sum of k terms. */
  private record Shape(int m, int n, int k) {}

  /** Awkward for tiles, and with sums of more than one panel and more than two. */
  private static final List<Shape> SHAPES =
      List.of(
          new Shape(1, 129, 250),
          new Shape(129, 1, 33),
          new Shape(7, 7, 7),
          new Shape(33, 129, 65),
          new Shape(9, 20, 1500),
          new Shape(9, 20, 2100));

  private static final Shape SMALL = new Shape(9, 37, 17);

  /** Less than a vector, vectors and a tail, more than a pass of GELU. */
  private static final int[] COLUMNS = {1, 33, 1037};

  private static final int ROWS = 3;

  private static final float TINY = 0x1p-100f;

  private final long seed;
  private final List<EdgeCase> cases = new ArrayList<>();

  private EdgeOperations(long seed) {
    this.seed = seed;
  }

  static List<EdgeCase> of(long seed) {
    EdgeOperations all = new EdgeOperations(seed);
    all.products();
    for (int columns : COLUMNS) {
      all.activations(columns);
      all.columnSums(columns);
      all.updates(columns);
    }
    all.losses();
    return List.copyOf(all.cases);
  }

  /** Returns a number from -1 to 1, different for every case drawn so far. */
  private float drawn(int i) {
    return (float) (2 * Philox.uniform(seed, Stream.OPERANDS, cases.size(), i) - 1);
  }

  private FloatMatrix drawn(int rows, int columns, int from) {
    return matrix(rows, columns, i -> drawn(from + i));
  }

  private void products() {
    for (ProductForm form : ProductForm.values()) {
      for (Shape shape : SHAPES) {
        product(
            "product",
            form,
            drawn(shape.m, shape.k, 0),
            drawn(shape.k, shape.n, shape.m * shape.k));
      }
      int m = SMALL.m;
      int n = SMALL.n;
      int k = SMALL.k;
      FloatMatrix tiny = matrix(k, n, _ -> TINY);
      product("product that ends in -0", form, matrix(m, k, _ -> -TINY), tiny);
      product(
          "product with zeros after -0",
          form,
          matrix(m, k, i -> i % k < k - 5 ? -TINY : i / k % 2 == 0 ? 0f : -0f),
          tiny);
      product(
          "product of zeros and infinities",
          form,
          matrix(m, k, i -> i / k % 2 == 0 && i % k == 3 ? 0f : 1f),
          matrix(k, n, i -> i / n == 3 && i % n != 1 ? Float.POSITIVE_INFINITY : 0.5f));
      product(
          "product of subnormal sums",
          form,
          matrix(m, k, i -> 0x1p-70f * drawn(i)),
          matrix(k, n, i -> 0x1p-74f * drawn(m * k + i)));
    }
  }

  private void product(String what, ProductForm form, FloatMatrix a, FloatMatrix b) {
    String name =
        String.format(
            Locale.ROOT,
            "%s, %s of %dx%d by %dx%d, C",
            what,
            form,
            a.rows(),
            a.columns(),
            b.rows(),
            b.columns());
    FloatMatrix left = form == ProductForm.ATB ? transposed(a) : a;
    FloatMatrix right = form == ProductForm.ABT ? transposed(b) : b;
    cases.add(
        new EdgeCase(
            true,
            List.of(new Result.Bits(name, PlainArithmetic.product(a, b))),
            operations -> List.of(operations.product(form, left, right))));
  }

  private static FloatMatrix transposed(FloatMatrix a) {
    return matrix(a.columns(), a.rows(), i -> a.data()[i % a.rows() * a.columns() + i / a.rows()]);
  }

  private void other(List<Result> results, Function<Operations, List<Matrix>> run) {
    cases.add(new EdgeCase(false, results, run));
  }

  private void activations(int columns) {
    for (Activation activation : Activation.values()) {
      String label = activation.label();
      String of = " of " + ROWS + "x" + columns + " numbers";
      // Every fourth sum is +0 or -0; sums are small, moderate or saturate.
      FloatMatrix bias = matrix(1, columns, i -> i % 4 == 0 ? -0f : drawn(i));
      FloatMatrix z =
          matrix(
              ROWS, columns, i -> i % columns % 4 == 0 ? zero(i) : drawn(i) * 0x1p-4f * (i % 200));
      FloatMatrix sums = matrix(ROWS, columns, i -> z.data()[i] + bias.data()[i % columns]);
      String a = label + of + ", a";
      other(
          List.of(
              isFunction(activation)
                  ? new Result.Within(a, PlainArithmetic.function(activation, sums))
                  : new Result.Bits(a, PlainArithmetic.activated(activation, z, bias))),
          operations -> List.of(operations.activate(activation, z, bias)));
      // Upstream gradients so small that products with slopes are subnormal.
      FloatMatrix upstream =
          matrix(
              ROWS,
              columns,
              i -> drawn(i) * (i % 3 == 0 ? 0x1p-126f : i % 3 == 1 ? 1f : 0x1p-140f));
      FloatMatrix kept = kept(activation, columns);
      String d = "slopes of " + label + of + ", dA";
      other(
          List.of(
              activation == Activation.GELU
                  ? new Result.Within(d, PlainArithmetic.geluDerived(upstream, kept))
                  : new Result.Bits(d, PlainArithmetic.derived(activation, upstream, kept))),
          operations -> List.of(operations.derivative(activation, upstream, kept)));
    }
  }

  private static float zero(int i) {
    return i % 8 == 0 ? 0f : -0f;
  }

  private static boolean isFunction(Activation activation) {
    return switch (activation) {
      case TANH, SIGMOID, GELU -> true;
      case IDENTITY, RELU, LEAKY_RELU -> false;
    };
  }

  /** Returns what a derivative is computed from; every fourth number is a zero. */
  private FloatMatrix kept(Activation activation, int columns) {
    return matrix(
        ROWS,
        columns,
        i ->
            i % columns % 4 == 0
                ? zero(i)
                : activation == Activation.SIGMOID ? Math.abs(drawn(i)) : drawn(i));
  }

  private void columnSums(int columns) {
    FloatMatrix delta =
        matrix(
            33,
            columns,
            i -> i % columns % 5 == 1 ? -0f : drawn(i) * (i % 7 == 0 ? 0x1p-140f : 1f));
    other(
        List.of(
            new Result.Bits(
                "column sums of 33x" + columns + " numbers, sums",
                PlainArithmetic.columnSums(delta))),
        operations -> List.of(operations.columnSums(delta)));
  }

  private void updates(int columns) {
    for (Rule rule :
        List.of(
            new Rule.Sgd(),
            new Rule.Momentum(0.9f),
            new Rule.Nesterov(0.9f),
            new Rule.Adam(0.9f, 0.999f, 1e-8f))) {
      for (float decay : new float[] {0, 1e-2f}) {
        Update update = new Update(rule, 0.1f, decay);
        int size = ROWS * columns;
        FloatMatrix w = drawn(ROWS, columns, 0);
        FloatMatrix gradient =
            matrix(
                ROWS,
                columns,
                i -> i % 5 == 0 ? zero(i) : drawn(size + i) * (i % 5 == 1 ? 0x1p-140f : 1f));
        List<FloatMatrix> moments =
            IntStream.range(0, rule.moments())
                .mapToObj(k -> matrix(ROWS, columns, i -> Math.abs(drawn((k + 2) * size + i))))
                .toList();
        String name =
            String.format(
                Locale.ROOT,
                "update by %s%s of %dx%d numbers, ",
                rule,
                decay == 0 ? "" : " with weight decay",
                ROWS,
                columns);
        List<Matrix> after = PlainArithmetic.updated(update, w, gradient, moments);
        other(
            IntStream.range(0, after.size())
                .<Result>mapToObj(
                    k -> new Result.Bits(name + (k == 0 ? "w" : "moment " + k), after.get(k)))
                .toList(),
            operations -> {
              Operations.Updated updated =
                  operations.update(update, w, gradient, List.copyOf(moments));
              List<Matrix> all = new ArrayList<>(List.of(updated.weights()));
              all.addAll(updated.moments());
              return all;
            });
      }
    }
  }

  private void losses() {
    for (int rows : new int[] {1, 7, 33}) {
      // Exponentials of the largest outputs overflow, of the smallest underflow.
      FloatMatrix outputs =
          matrix(
              rows, 10, i -> drawn(i) * (i / 10 % 3 == 0 ? 200 : i / 10 % 3 == 1 ? 4 : 0x1p-60f));
      int[] labels = IntStream.range(0, rows).map(i -> 7 * i % 10).toArray();
      String of = " of " + rows + "x10 outputs, ";
      loss(
          Loss.CROSS_ENTROPY,
          outputs,
          labels,
          new Result.Within(
              "cross-entropy" + of + "losses of rows",
              PlainArithmetic.crossEntropies(outputs, labels)),
          new Result.Within(
              "cross-entropy" + of + "delta", PlainArithmetic.crossEntropyDeltas(outputs, labels)));
      loss(
          Loss.SQUARED_ERROR,
          outputs,
          labels,
          new Result.Bits(
              "squared error" + of + "losses of rows",
              PlainArithmetic.squaredErrors(outputs, labels)),
          new Result.Bits(
              "squared error" + of + "delta", PlainArithmetic.squaredErrorDeltas(outputs, labels)));
    }
  }

  private void loss(Loss loss, FloatMatrix outputs, int[] labels, Result rowLoss, Result delta) {
    other(
        List.of(rowLoss, delta),
        operations -> {
          Operations.RowLosses losses = operations.loss(loss, outputs, labels);
          return List.of(losses.rowLoss(), losses.delta());
        });
  }
}
