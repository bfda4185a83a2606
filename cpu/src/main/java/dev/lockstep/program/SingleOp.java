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

/** A single operation of a step, on tensors that belong to no network. */
public record SingleOp(Op op) {

  /** Creates C = op(A) op(B). */
  public static SingleOp product(ProductShape shape) {
    int m = shape.m();
    int n = shape.n();
    int k = shape.k();
    Tensor a = shape.form() == ProductForm.ATB ? tensor("A", k, m) : tensor("A", m, k);
    Tensor b = shape.form() == ProductForm.ABT ? tensor("B", n, k) : tensor("B", k, n);
    return new SingleOp(new Op.Product(shape.form(), a, b, tensor("C", m, n)));
  }

  /** Creates a = f(product + b); b is 1 x columns, the others rows x columns. */
  public static SingleOp activation(Activation activation, int rows, int columns) {
    return new SingleOp(
        new Op.BiasActivation(
            activation,
            tensor("product", rows, columns),
            tensor("b", 1, columns),
            tensor("z", rows, columns),
            tensor("a", rows, columns)));
  }

  /** Creates delta = dA f'(z) from dA and kept; all are rows x columns. */
  public static SingleOp derivative(Activation activation, int rows, int columns) {
    return new SingleOp(
        new Op.Derivative(
            activation,
            tensor("dA", rows, columns),
            tensor("kept", rows, columns),
            tensor("delta", rows, columns)));
  }

  /** Creates a loss of 1 x rows labels: row losses, 1 x rows, and delta, rows x classes. */
  public static SingleOp loss(dev.lockstep.model.Loss loss, int rows, int classes) {
    return new SingleOp(
        new Op.Loss(
            loss,
            tensor("outputs", rows, classes),
            tensor("labels", Element.INTEGER, 1, rows),
            tensor("row losses", 1, rows),
            tensor("delta", rows, classes)));
  }

  /** Creates the column sums, 1 x columns, of a rows x columns tensor. */
  public static SingleOp columnSums(int rows, int columns) {
    return new SingleOp(
        new Op.ColumnSums(tensor("delta", rows, columns), tensor("sums", 1, columns)));
  }

  /** Creates the update of a rows x columns parameter and its moments from a gradient. */
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

  /** Creates a real tensor whose axes have no particular meaning. */
  public static Tensor tensor(String name, int rows, int columns) {
    return tensor(name, Element.REAL, rows, columns);
  }

  private static Tensor tensor(String name, Element element, int rows, int columns) {
    return new Tensor(
        name, element, Lifetime.STEP, new Axis.Batch(rows), new Axis.Features(columns));
  }

  /** Returns the operands in the order of {@link Op#reads}, without the stop flag. */
  public List<Tensor> operands() {
    return op.reads().stream().filter(tensor -> tensor.element() != Element.FLAG).toList();
  }

  /** Maps the operands, in their order, to matrices. */
  public Map<Tensor, Matrix> operands(List<? extends Matrix> matrices) {
    Map<Tensor, Matrix> given = new LinkedHashMap<>();
    for (int i = 0; i < matrices.size(); i++) {
      given.put(operands().get(i), matrices.get(i));
    }
    return given;
  }

  /** Returns the operation as it runs alone. Activations that keep their input keep it here. */
  public Lowered lowered(InPlace inPlace) {
    Set<Tensor> kept =
        op instanceof Op.BiasActivation call && call.activation().keepsInput()
            ? Set.of(call.z())
            : Set.of();
    return Lowered.alone(op, kept, inPlace);
  }

  /** Returns the results that exist after the operation, in the order of {@link Op#writes}. */
  public List<Tensor> results() {
    Storage storage = lowered(InPlace.ALL).storage();
    return op.writes().stream().filter(tensor -> storage.owner(tensor).equals(tensor)).toList();
  }

  /**
   * Returns the minimum number of bytes read and written in binary32: every operand and every
   * result once, so a tensor updated in place counts twice.
   */
  public long bytes() {
    return Float.BYTES
        * Stream.concat(operands().stream(), results().stream()).mapToLong(Tensor::count).sum();
  }
}
