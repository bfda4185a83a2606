package dev.lockstep.agreement;

import dev.lockstep.backend.Operations;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Op;
import dev.lockstep.program.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Computes single operations of a step by the operations of a backend. An operation on some rows
 * and some units is the same operation on smaller tensors.
 *
 * @param operations whose bits are wanted
 * @param step from 0
 */
record Recomputation(Operations operations, Updates updates, long step) {

  /** The real numbers that an operation writes, in its order; none of rows that are gathered. */
  List<Matrix> results(Op op, Function<Tensor, Matrix> operands) {
    return switch (op) {
      case Op.Gather _, Op.Stop _ -> List.of();
      case Op.ShiftBias(Tensor bias, Tensor noise, _) ->
          List.of(sum(operands.apply(bias), operands.apply(noise)));
      case Op.Product(var form, Tensor a, Tensor b, _) ->
          List.of(operations.product(form, operands.apply(a), operands.apply(b)));
      case Op.BiasActivation(Activation activation, Tensor product, Tensor bias, _, _) -> {
        Matrix s = operands.apply(product);
        Matrix b = operands.apply(bias);
        yield List.of(sum(s, b), operations.activate(activation, s, b));
      }
      case Op.Loss call -> {
        Matrix labels = operands.apply(call.labels());
        Operations.RowLosses losses =
            operations.loss(
                call.loss(),
                operands.apply(call.outputs()),
                IntStream.range(0, labels.size()).map(i -> (int) labels.value(i)).toArray());
        yield List.of(losses.rowLoss(), losses.delta());
      }
      case Op.Derivative(Activation activation, Tensor upstream, Tensor kept, _) ->
          List.of(
              operations.derivative(activation, operands.apply(upstream), operands.apply(kept)));
      case Op.ColumnSums(Tensor delta, _) -> List.of(operations.columnSums(operands.apply(delta)));
      case Op.Update update -> {
        Operations.Updated updated =
            operations.update(
                updates.update(update.by(), step),
                operands.apply(update.parameter()),
                operands.apply(update.gradient()),
                update.moments().stream().map(operands).toList());
        List<Matrix> results = new ArrayList<>(List.of(updated.weights()));
        results.addAll(updated.moments());
        yield results;
      }
      case Op.Fused fused ->
          throw new IllegalArgumentException("only single operations are recomputed: " + fused);
    };
  }

  private Matrix sum(Matrix rows, Matrix bias) {
    return operations.activate(Activation.IDENTITY, rows, bias);
  }
}
