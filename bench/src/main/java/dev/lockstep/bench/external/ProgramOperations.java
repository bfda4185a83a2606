package dev.lockstep.bench.external;

import dev.lockstep.backend.Resources;
import dev.lockstep.backend.SingleOperations;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Op;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Products of a program; of the other operations it shows none. */
final class ProgramOperations extends SingleOperations {
  private final ProgramBackend backend;
  private final Conversation conversation;
  private final Resources resources;

  ProgramOperations(ProgramBackend backend, Conversation conversation, Resources resources) {
    this.backend = backend;
    this.conversation = conversation;
    this.resources = resources;
  }

  @Override
  protected List<Matrix> results(SingleOp single, Map<Tensor, ? extends Matrix> operands) {
    if (!(single.op() instanceof Op.Product(var form, _, _, _))) {
      throw conversation.unsupported("single operations other than products");
    }
    conversation.require("product", "single products");
    return product(
        single,
        request -> {
          request.put("form", form.name());
          operands.forEach(
              (tensor, matrix) ->
                  request.put(
                      tensor.name().toLowerCase(Locale.ROOT),
                      conversation.tensors().write(TensorFiles.Form.MATRIX, matrix)));
        });
  }

  /** The same product once more, as it was computed last. */
  List<Matrix> last(SingleOp single) {
    return product(single, _ -> {});
  }

  private List<Matrix> product(SingleOp single, Consumer<ObjectNode> operands) {
    Tensor c = single.results().getFirst();
    TensorFiles tensors = conversation.tensors();
    return conversation.ask(
        "product",
        operands,
        result ->
            List.of(
                tensors.read(
                    "the product",
                    result.text("c"),
                    TensorFiles.Form.MATRIX,
                    c.rows().size(),
                    c.columns().size())));
  }

  @Override
  public void close() {
    backend.giveBack(resources, conversation);
  }
}
