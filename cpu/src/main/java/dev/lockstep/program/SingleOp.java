package dev.lockstep.program;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Axis;
import dev.lockstep.model.Update;
import dev.lockstep.program.Storage.InPlace;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One operation of a step by itself, on tensors that belong to no network. */
public record SingleOp(Op op) {

  /** C = op(A) op(B). */
  public static SingleOp product(ProductShape shape) {
    int m = shape.m();
    int n = shape.n();
    int k = shape.k();
    Tensor a = shape.form() == ProductForm.ATB ? tensor("A", k, m) : tensor("A", m, k);
    Tensor b = shape.form() == ProductForm.ABT ? tensor("B", n, k) : tensor("B", k, n);
    return new SingleOp(new Op.Product(shape.form(), a, b, tensor("C", m, n)));
  }

  /** a = f(z + b): z is rows x columns, b is 1 x columns. */
  public static SingleOp activation(Activation activation, int rows, int columns) {
    return new SingleOp(
        new Op.BiasActivation(
            activation,
            tensor("product", rows, columns),
            tensor("b", 1, columns),
            tensor("z", rows, columns),
            tensor("a", rows, columns)));
  }

  /** delta = f'(upstream, kept). */
  public static SingleOp derivative(Activation activation, int rows, int columns) {
    return new SingleOp(
        new Op.Derivative(
            activation,
            tensor("dA", rows, columns),
            tensor("kept", rows, columns),
            tensor("delta", rows, columns)));
  }

  /** Row losses, 1 x rows, and delta of outputs and a label a row. */
  public static SingleOp loss(dev.lockstep.model.Loss loss, int rows, int classes) {
    return new SingleOp(
        new Op.Loss(
            loss,
            tensor("outputs", rows, classes),
            tensor("labels", Element.INTEGER, 1, rows),
            tensor("row losses", 1, rows),
            tensor("delta", rows, classes)));
  }

  /** Sums of columns, 1 x columns. */
  public static SingleOp columnSums(int rows, int columns) {
    return new SingleOp(
        new Op.ColumnSums(tensor("delta", rows, columns), tensor("sums", 1, columns)));
  }

  /** A new parameter and its moments from a gradient. */
  public static SingleOp update(Update by, int rows, int columns) {
    return new SingleOp(
        new Op.Update(
            by,
            tensor("w", rows, columns),
            tensor("g", rows, columns),
            IntStream.rangeClosed(1, by.rule().moments())
                .mapToObj(i -> tensor("moment " + i, rows, columns))
                .toList(),
            tensor("stop flag", Element.FLAG, 1, 1)));
  }

  /** A tensor that counts nothing in particular. */
  public static Tensor tensor(String name, int rows, int columns) {
    return tensor(name, Element.REAL, rows, columns);
  }

  private static Tensor tensor(String name, Element element, int rows, int columns) {
    return new Tensor(
        name, element, Lifetime.STEP, new Axis.Batch(rows), new Axis.Features(columns));
  }

  /** What it reads, in the order of {@link Op#reads}, without the flag. */
  public List<Tensor> operands() {
    return op.reads().stream().filter(tensor -> tensor.element() != Element.FLAG).toList();
  }

  /** The operands, given in their order. */
  public Map<Tensor, Matrix> operands(List<? extends Matrix> matrices) {
    Map<Tensor, Matrix> given = new LinkedHashMap<>();
    for (int i = 0; i < matrices.size(); i++) {
      given.put(operands().get(i), matrices.get(i));
    }
    return given;
  }

  /** As it runs alone: an activation that keeps its input does so here, too. */
  public Lowered lowered(InPlace inPlace) {
    Set<Tensor> kept =
        op instanceof Op.BiasActivation call && call.activation().keepsInput()
            ? Set.of(call.z())
            : Set.of();
    return Lowered.alone(op, kept, inPlace);
  }

  /** What it leaves behind, in the order of {@link Op#writes}. */
  public List<Tensor> results() {
    Storage storage = lowered(InPlace.ALL).storage();
    return op.writes().stream().filter(tensor -> storage.owner(tensor).equals(tensor)).toList();
  }

  /**
   * Bytes in binary32 that it reads and writes at least: every operand and every result once, what
   * is overwritten in place twice.
   */
  public long bytes() {
    return Float.BYTES
        * Stream.concat(operands().stream(), results().stream()).mapToLong(Tensor::count).sum();
  }
}
