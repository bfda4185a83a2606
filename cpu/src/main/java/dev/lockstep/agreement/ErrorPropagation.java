package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Update;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Op;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Propagates errors through the operations of a step. For operands with errors it returns the
 * results without rounding, in binary64, and a bound on the error of the binary32 results. This is
 * the standard a-priori analysis.
 *
 * <p>With u = 2^-24 and gamma(n) = n u / (1 - n u), the error of an inner product of n terms, added
 * in any order, is at most gamma(n) sum |a||b| (Higham, "Accuracy and Stability of Numerical
 * Algorithms", 2nd ed., section 3.1). The relative error of every other operation is u, that of an
 * elementary function {@link ElementBound#ELEMENTARY}. Errors of operands are multiplied by the
 * largest derivative. If a library rounds the operands of its products, {@link
 * dev.lockstep.backend.OperandRounding} replaces gamma, for products only. Underflow adds the error
 * of {@link Subnormals} to each operation: half the smallest subnormal or more. The error of
 * binary64 itself, 2^-29 of the bound, is not included; see {@link ElementBound#SLACK}.
 *
 * <p>An operand may be a part of its tensor if that part determines every element of the result.
 */
final class ErrorPropagation {
  private final Updates updates;
  private final long step;
  private final ElementBound element;
  private final List<Op> ops;
  private final Map<Tensor, Op> makers = new HashMap<>();

  /**
   * Creates the propagation through a step.
   *
   * @param ops all operations of the step, unfused
   * @param step the step, from 0
   */
  ErrorPropagation(List<Op> ops, Updates updates, long step, ElementBound element) {
    this.ops = List.copyOf(ops);
    this.updates = updates;
    this.step = step;
    this.element = element;
    ops.forEach(op -> op.writes().forEach(tensor -> makers.putIfAbsent(tensor, op)));
  }

  /**
   * Returns the index of the last operation whose bound needs each tensor. A derivative may need
   * the weighted inputs too, which it does not read.
   */
  Map<Tensor, Integer> lastNeeds() {
    Map<Tensor, Integer> lastNeeds = StepProgram.lastReads(ops);
    for (int i = 0; i < ops.size(); i++) {
      if (ops.get(i) instanceof Op.Derivative derivative
          && makers.get(derivative.kept()) instanceof Op.BiasActivation maker) {
        lastNeeds.merge(maker.z(), i, Math::max);
      }
    }
    return lastNeeds;
  }

  /** Returns the results in the order of {@link Op#writes}; none for gathering and the stop. */
  List<Bounded> results(Op op, Function<Tensor, Bounded> operands) {
    return switch (op) {
      case Op.Gather _, Op.Stop _ -> List.of();
      case Op.ShiftBias shift ->
          List.of(sum(operands.apply(shift.bias()), operands.apply(shift.noise())));
      case Op.Product product ->
          List.of(
              BoundedProduct.of(
                  product.form(),
                  operands.apply(product.a()),
                  operands.apply(product.b()),
                  element));
      case Op.BiasActivation call ->
          activation(
              call.activation(),
              operands.apply(call.product()),
              operands.apply(call.bias()),
              termsOf(call.product(), operands));
      case Op.Loss call ->
          loss(call, operands.apply(call.outputs()), operands.apply(call.labels()));
      case Op.Derivative call -> List.of(derivative(call, operands));
      case Op.ColumnSums(Tensor delta, _) -> List.of(columnSums(operands.apply(delta)));
      case Op.ColumnProducts(_, Tensor a, Tensor b, _) ->
          List.of(columnProducts(operands.apply(a), operands.apply(b)));
      case Op.Elementwise call ->
          List.of(elementwise(call, call.operands().stream().map(operands).toList()));
      case Op.Update update -> update(update, operands);
      case Op.Fused fused ->
          throw new IllegalArgumentException("bounds are those of single operations: " + fused);
    };
  }

  /**
   * Returns k of a product whose computed value is not known. No bias was added early to a product
   * that is known, or to other tensors: 0.
   */
  private int termsOf(Tensor product, Function<Tensor, Bounded> operands) {
    return makers.get(product) instanceof Op.Product maker && !operands.apply(product).isExact()
        ? maker.shape().k()
        : 0;
  }

  /** Returns the mean of some losses, which may be added in any order. */
  Bounded mean(Bounded losses) {
    Bounded mean = new Bounded(1, 1);
    double magnitude = 0;
    for (int i = 0; i < losses.size(); i++) {
      mean.values()[0] += losses.values()[i] / losses.size();
      mean.errors()[0] += losses.errors()[i] / losses.size();
      magnitude += (Math.abs(losses.values()[i]) + losses.errors()[i]) / losses.size();
    }
    // The division counts as one more term.
    mean.errors()[0] += element.ofSum(losses.size() + 1, magnitude);
    return mean;
  }

  private Bounded sum(Bounded a, Bounded b) {
    Bounded sum = new Bounded(a.rows(), a.columns());
    for (int i = 0; i < sum.size(); i++) {
      sum.set(i, a.at(i, element.subnormals()).plus(b.at(i, element.subnormals())));
    }
    return sum;
  }

  private List<Bounded> activation(
      Activation activation, Bounded product, Bounded bias, int terms) {
    Bounded z = new Bounded(product.rows(), product.columns());
    Bounded a = new Bounded(product.rows(), product.columns());
    for (int i = 0; i < z.size(); i++) {
      int j = i % z.columns();
      double b = bias.values()[j];
      double sum = product.values()[i] + b;
      double carried = product.errors()[i] + bias.errors()[j] + element.ofBias(terms, b);
      z.values()[i] = sum;
      z.errors()[i] = element.ofSum(sum, carried);
      a.values()[i] = activation.value(sum);
      a.errors()[i] = element.ofFunction(activation, sum, a.values()[i], z.errors()[i]);
    }
    return List.of(z, a);
  }

  private List<Bounded> loss(Op.Loss op, Bounded outputs, Bounded labels) {
    Bounded rowLoss = new Bounded(outputs.rows(), 1);
    Bounded delta = new Bounded(outputs.rows(), outputs.columns());
    for (int i = 0; i < outputs.rows(); i++) {
      int label = (int) labels.values()[i];
      switch (op.loss()) {
        case CROSS_ENTROPY ->
            SoftmaxBound.fill(i, outputs, label, rowLoss, delta, element.subnormals());
        case SQUARED_ERROR -> squares(i, outputs, label, rowLoss, delta);
      }
    }
    return List.of(rowLoss, delta);
  }

  /** Computes the squared error of a row, and its delta. */
  private void squares(int row, Bounded outputs, int label, Bounded rowLoss, Bounded delta) {
    Subnormals subnormals = element.subnormals();
    int rows = outputs.rows();
    Rounded scale = new Rounded(1.0 / rows, OperandRounding.U / rows, subnormals);
    Rounded sum = Rounded.exact(0, subnormals);
    for (int c = 0; c < outputs.columns(); c++) {
      int at = row * outputs.columns() + c;
      Rounded target = Rounded.exact(c == label ? -1 : 0, subnormals);
      Rounded distance = outputs.at(at, subnormals).plus(target);
      delta.set(at, distance.times(scale));
      sum = Rounded.fma(distance, distance, sum);
    }
    rowLoss.set(row, sum.times(Rounded.exact(0.5, subnormals)));
  }

  private Bounded derivative(Op.Derivative op, Function<Tensor, Bounded> operands) {
    Bounded upstream = operands.apply(op.upstream());
    Bounded kept = operands.apply(op.kept());
    Bounded decides = deciding(op, kept, operands);
    Bounded delta = new Bounded(upstream.rows(), upstream.columns());
    for (int i = 0; i < delta.size(); i++) {
      double u = upstream.values()[i];
      delta.values()[i] = op.activation().derivative(u, kept.values()[i]);
      delta.errors()[i] =
          element.ofDerivative(
              op.activation(), u, upstream.errors()[i], decides.values()[i], decides.errors()[i]);
    }
    return delta;
  }

  /**
   * Returns the tensor whose error decides whether rounding may change the sign of z. For a
   * rectifier that is z itself, because the error of f(z) does not tell.
   */
  private Bounded deciding(Op.Derivative op, Bounded kept, Function<Tensor, Bounded> operands) {
    return op.activation().jump() > 0
            && !kept.isExact()
            && makers.get(op.kept()) instanceof Op.BiasActivation maker
        ? operands.apply(maker.z())
        : kept;
  }

  private Bounded columnSums(Bounded delta) {
    Bounded sums = new Bounded(1, delta.columns());
    double[] magnitudes = new double[delta.columns()];
    for (int i = 0; i < delta.size(); i++) {
      int j = i % delta.columns();
      sums.values()[j] += delta.values()[i];
      sums.errors()[j] += delta.errors()[i];
      magnitudes[j] += Math.abs(delta.values()[i]) + delta.errors()[i];
    }
    for (int j = 0; j < magnitudes.length; j++) {
      sums.errors()[j] += element.ofSum(delta.rows(), magnitudes[j]);
    }
    return sums;
  }

  private Rounded exact(double value) {
    return Rounded.exact(value, element.subnormals());
  }

  private Rounded at(Bounded x, int i) {
    return x.at(i, element.subnormals());
  }

  private Bounded columnProducts(Bounded a, Bounded b) {
    Bounded products = new Bounded(a.rows(), a.columns());
    for (int i = 0; i < products.size(); i++) {
      products.set(i, at(a, i).times(at(b, i)));
    }
    return columnSums(products);
  }

  private Bounded elementwise(Op.Elementwise op, List<Bounded> operands) {
    Rounded k = exact(op.formula().constant());
    Bounded first = operands.getFirst();
    Bounded second = operands.get(Math.min(1, operands.size() - 1));
    Bounded third = operands.getLast();
    int rows = operands.stream().mapToInt(Bounded::rows).max().orElseThrow();
    Bounded result = new Bounded(rows, first.columns());
    for (int i = 0; i < result.size(); i++) {
      Rounded a = at(first, i % first.size());
      Rounded b = at(second, i % second.size());
      result.set(
          i,
          switch (op.formula().kind()) {
            case DIFFERENCE -> a.minus(b);
            case PRODUCT -> a.times(b);
            case FMA -> Rounded.fma(a, b, at(third, i % third.size()));
            case MULTIPLIED -> a.times(k);
            case DIVIDED -> a.over(k, k.value());
            case INVERSE_ROOT -> {
              double least = Math.sqrt(k.value()) * (1 - 4 * OperandRounding.U);
              yield exact(1).over(a.plus(k).root(), least);
            }
            case APPROACHED -> Rounded.fma(k, a.minus(b), b);
          });
    }
    return result;
  }

  private List<Bounded> update(Op.Update op, Function<Tensor, Bounded> operands) {
    Update due = updates.update(op.by(), step);
    UpdateBound bound = new UpdateBound(due, element.subnormals());
    Bounded gradient = operands.apply(op.gradient());
    List<Bounded> before =
        Stream.concat(Stream.of(op.parameter()), op.moments().stream()).map(operands).toList();
    List<Bounded> after =
        before.stream().map(tensor -> new Bounded(tensor.rows(), tensor.columns())).toList();
    for (int i = 0; i < gradient.size(); i++) {
      bound.fill(i, gradient, before, after);
    }
    return after;
  }
}
