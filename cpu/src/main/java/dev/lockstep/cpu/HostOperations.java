package dev.lockstep.cpu;

import dev.lockstep.backend.Operations;
import dev.lockstep.data.Examples;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Axis;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** Single operations of a backend on the host, by the kernels of its steps. */
final class HostOperations<A> implements Operations {
  private static final Examples NO_ROWS = new Examples(new float[0], new int[0], 1);

  private final HostKernels<A> kernels;
  private final List<A> arrays = new ArrayList<>();

  /**
   * @param kernels closed with this
   */
  HostOperations(HostKernels<A> kernels) {
    this.kernels = kernels;
  }

  private A from(Matrix matrix) {
    A array = room(matrix.size());
    kernels.copy(matrix, array);
    return array;
  }

  private A room(int length) {
    A array = kernels.allocate(length);
    arrays.add(array);
    return array;
  }

  /** Gives the arrays of an operation back once its result has been copied. */
  private <T> T released(Supplier<T> operation) {
    try {
      return operation.get();
    } finally {
      arrays.forEach(kernels::release);
      arrays.clear();
    }
  }

  @Override
  public Matrix product(ProductForm form, Matrix a, Matrix b) {
    ProductShape shape = ProductShape.of(form, a, b);
    return released(
        () -> {
          A c = room(Matrix.requireSize(shape.m(), shape.n()));
          kernels.product(shape, from(a), from(b), c).run();
          return kernels.matrix(shape.m(), shape.n(), c);
        });
  }

  @Override
  public Matrix activate(Activation activation, Matrix z, Matrix bias) {
    return released(
        () -> {
          A sums = from(z);
          A a = activation.keepsInput() ? room(z.size()) : sums;
          kernels.activate(activation, z.rows(), z.columns(), sums, from(bias), a).run();
          return kernels.matrix(z.rows(), z.columns(), a);
        });
  }

  @Override
  public Matrix derivative(Activation activation, Matrix upstream, Matrix kept) {
    return released(
        () -> {
          A delta = from(upstream);
          kernels.derivative(activation, upstream.size(), delta, from(kept)).run();
          return kernels.matrix(upstream.rows(), upstream.columns(), delta);
        });
  }

  @Override
  public RowLosses loss(Loss loss, Matrix outputs, int[] labels) {
    int rows = outputs.rows();
    int classes = outputs.columns();
    return released(
        () -> {
          A rowLoss = room(rows);
          A delta = room(outputs.size());
          kernels.loss(loss, rows, classes, from(outputs), labels, rowLoss, delta).run();
          return new RowLosses(
              kernels.matrix(1, rows, rowLoss), kernels.matrix(rows, classes, delta));
        });
  }

  @Override
  public Matrix columnSums(Matrix delta) {
    return released(
        () -> {
          A sums = room(delta.columns());
          kernels.columnSums(delta.rows(), delta.columns(), from(delta), sums).run();
          return kernels.matrix(1, delta.columns(), sums);
        });
  }

  @Override
  public Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
    int rows = weights.rows();
    int columns = weights.columns();
    return released(
        () -> {
          A w = from(weights);
          List<A> kept = moments.stream().map(this::from).toList();
          kernels.update(update, new StepNumbers(), weights.size(), w, from(gradient), kept).run();
          return new Updated(
              kernels.matrix(rows, columns, w),
              kept.stream().map(moment -> kernels.matrix(rows, columns, moment)).toList());
        });
  }

  @Override
  public List<Matrix> results(
      Op op, Updates updates, long step, Function<Tensor, Matrix> operands) {
    return released(() -> computed(op, updates, step, operands));
  }

  private List<Matrix> computed(
      Op op, Updates updates, long step, Function<Tensor, Matrix> operands) {
    StepInputs inputs = new StepInputs(0);
    inputs.numbers.set(updates.rateFactor(step), updates.correction(step));
    Map<Axis, Integer> sizes = new HashMap<>();
    Map<Tensor, A> arrays = new HashMap<>();
    Map<Tensor, int[]> integers = new HashMap<>();
    for (Tensor tensor : op.reads()) {
      if (tensor.element() == Element.FLAG) {
        continue;
      }
      Matrix operand = operands.apply(tensor);
      sizes.put(tensor.rows(), operand.rows());
      sizes.put(tensor.columns(), operand.columns());
      if (tensor.element() == Element.INTEGER) {
        integers.put(
            tensor, IntStream.range(0, operand.size()).map(i -> (int) operand.value(i)).toArray());
      } else if (tensor.lifetime() == Lifetime.INPUT) {
        inputs.give(tensor, ((FloatMatrix) operand).data());
      } else {
        arrays.put(tensor, from(operand));
      }
    }
    ToIntFunction<Axis> size = axis -> sizes.getOrDefault(axis, axis.size());
    Function<Tensor, A> array =
        tensor ->
            arrays.computeIfAbsent(
                tensor, t -> room(size.applyAsInt(t.rows()) * size.applyAsInt(t.columns())));
    new Binder<>(kernels, NO_ROWS, inputs, array, integers::get, size).bind(op).run();
    return op.writes().stream()
        .map(
            tensor ->
                kernels.matrix(
                    size.applyAsInt(tensor.rows()),
                    size.applyAsInt(tensor.columns()),
                    array.apply(tensor)))
        .toList();
  }

  @Override
  public void close() {
    kernels.close();
  }
}
