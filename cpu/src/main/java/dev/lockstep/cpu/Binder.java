package dev.lockstep.cpu;

import dev.lockstep.cpu.HostKernels.Strided;
import dev.lockstep.data.Examples;
import dev.lockstep.model.Axis;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Binds operations to arrays. No other class on the host distinguishes the kinds of operations.
 *
 * @param <A> {@code float[]}, {@code double[]} or native memory
 */
final class Binder<A> {
  private final HostKernels<A> kernels;
  private final Examples examples;
  private final StepInputs inputs;
  private final Function<Tensor, A> arrays;
  private final Function<Tensor, int[]> integers;
  private final ToIntFunction<Axis> sizes;

  /**
   * @param examples the data to gather rows from
   * @param arrays returns the array of a tensor of real numbers
   * @param integers returns the array of a tensor of labels
   * @param sizes returns the size of an axis, which may be smaller than the axis if arrays hold a
   *     part of it
   */
  Binder(
      HostKernels<A> kernels,
      Examples examples,
      StepInputs inputs,
      Function<Tensor, A> arrays,
      Function<Tensor, int[]> integers,
      ToIntFunction<Axis> sizes) {
    this.kernels = kernels;
    this.examples = examples;
    this.inputs = inputs;
    this.arrays = arrays;
    this.integers = integers;
    this.sizes = sizes;
  }

  /** Returns a call that runs an operation and can be repeated. */
  Runnable bind(Op op) {
    return switch (op) {
      case Op.Gather gather -> gather(gather);
      case Op.ShiftBias(Tensor bias, Tensor noise, Tensor shifted) ->
          kernels.shift(array(bias), inputs.noise(noise), array(shifted));
      case Op.Product product ->
          kernels.product(
              shape(product), array(product.a()), array(product.b()), array(product.c()));
      case Op.BiasActivation call ->
          inPlace(
              call.product(),
              call.z(),
              kernels.activate(
                  call.activation(),
                  rows(call.a()),
                  columns(call.a()),
                  array(call.z()),
                  array(call.bias()),
                  array(call.a())));
      case Op.Loss call ->
          kernels.loss(
              call.loss(),
              rows(call.delta()),
              columns(call.delta()),
              array(call.outputs()),
              integers.apply(call.labels()),
              array(call.rowLoss()),
              array(call.delta()));
      case Op.Stop(Tensor rowLoss, _) -> stop(array(rowLoss), rows(rowLoss));
      case Op.Derivative call ->
          inPlace(
              call.upstream(),
              call.delta(),
              kernels.derivative(
                  call.activation(), size(call.delta()), array(call.delta()), array(call.kept())));
      case Op.ColumnSums(Tensor delta, Tensor sums) ->
          kernels.columnSums(rows(delta), columns(delta), array(delta), array(sums));
      case Op.ColumnProducts(_, Tensor a, Tensor b, Tensor sums) ->
          kernels.columnProducts(rows(a), columns(a), array(a), array(b), array(sums));
      case Op.Elementwise call -> elementwise(call);
      case Op.Update update ->
          unlessStopped(
              kernels.update(
                  update.by(),
                  inputs.numbers,
                  size(update.parameter()),
                  array(update.parameter()),
                  array(update.gradient()),
                  update.moments().stream().map(this::array).toList()));
      case Op.Fused(Op.Product product, Op.Update update, _) ->
          unlessStopped(
              kernels.productUpdate(
                  shape(product),
                  array(product.a()),
                  array(product.b()),
                  update.by(),
                  inputs.numbers,
                  array(update.parameter()),
                  update.moments().stream().map(this::array).toList()));
      case Op.Fused other -> throw new IllegalStateException("no kernel for " + other.label());
    };
  }

  private A array(Tensor tensor) {
    return arrays.apply(tensor);
  }

  private int rows(Tensor tensor) {
    return sizes.applyAsInt(tensor.rows());
  }

  private int columns(Tensor tensor) {
    return sizes.applyAsInt(tensor.columns());
  }

  private int size(Tensor tensor) {
    return rows(tensor) * columns(tensor);
  }

  private ProductShape shape(Op.Product product) {
    return new ProductShape(
        product.form(), rows(product.c()), columns(product.c()), sizes.applyAsInt(product.inner()));
  }

  private Runnable gather(Op.Gather gather) {
    int[] labels = integers.apply(gather.y());
    Runnable rows =
        kernels.gather(
            examples.features(), columns(gather.x()), inputs.rowNumbers, array(gather.x()));
    return () -> {
      rows.run();
      for (int i = 0; i < labels.length; i++) {
        labels[i] = examples.labels()[inputs.rowNumbers[i]];
      }
    };
  }

  /** Copies the operand of an in-place kernel to the result before each call, if they differ. */
  private Runnable inPlace(Tensor operand, Tensor result, Runnable call) {
    if (array(operand) == array(result)) {
      return call;
    }
    Runnable copy = kernels.copy(array(operand), array(result), size(result));
    return () -> {
      copy.run();
      call.run();
    };
  }

  private Runnable elementwise(Op.Elementwise op) {
    List<Strided<A>> operands = op.operands().stream().map(this::strided).toList();
    Runnable call =
        kernels.elementwise(
            op.formula(),
            rows(op.result()),
            columns(op.result()),
            operands.getFirst(),
            operands.get(Math.min(1, operands.size() - 1)),
            operands.getLast(),
            array(op.result()));
    return op.stops() ? unlessStopped(call) : call;
  }

  private Strided<A> strided(Tensor tensor) {
    return new Strided<>(array(tensor), tensor.rows() instanceof Axis.One ? 0 : columns(tensor));
  }

  private Runnable unlessStopped(Runnable update) {
    return () -> {
      if (!inputs.stopped) {
        update.run();
      }
    };
  }

  /** Sums the mean loss in binary64 in row order, and stops if it is not finite. */
  private Runnable stop(A rowLoss, int rows) {
    return () -> {
      double sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += kernels.at(rowLoss, i);
      }
      inputs.loss = sum / rows;
      inputs.stopped |= !Double.isFinite(inputs.loss);
    };
  }
}
