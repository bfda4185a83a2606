package dev.lockstep.bench.external;

import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** The products of a program, the only single operation in the protocol. */
final class ProgramOperations implements Operations {
  private final ProgramBackend backend;
  private final Conversation conversation;
  private final Resources resources;

  ProgramOperations(ProgramBackend backend, Conversation conversation, Resources resources) {
    this.backend = backend;
    this.conversation = conversation;
    this.resources = resources;
  }

  @Override
  public Matrix product(ProductForm form, Matrix a, Matrix b) {
    conversation.require("product", "single products");
    int rows = form == ProductForm.ATB ? a.columns() : a.rows();
    int columns = form == ProductForm.ABT ? b.rows() : b.columns();
    TensorFiles tensors = conversation.tensors();
    return product(
        request -> {
          request.put("form", form.name());
          request.put("a", tensors.write(TensorFiles.Form.MATRIX, a));
          request.put("b", tensors.write(TensorFiles.Form.MATRIX, b));
        },
        rows,
        columns);
  }

  /**
   * Asks for a product.
   *
   * @param operands adds the operands; without any, the program returns its last product
   */
  Matrix product(Consumer<ObjectNode> operands, int rows, int columns) {
    return conversation.ask(
        "product",
        operands,
        result ->
            conversation
                .tensors()
                .read("the product", result.text("c"), TensorFiles.Form.MATRIX, rows, columns));
  }

  @Override
  public Matrix activate(Activation activation, Matrix z, Matrix bias) {
    throw products();
  }

  @Override
  public Matrix derivative(Activation activation, Matrix upstream, Matrix kept) {
    throw products();
  }

  @Override
  public RowLosses loss(Loss loss, Matrix outputs, int[] labels) {
    throw products();
  }

  @Override
  public Matrix columnSums(Matrix delta) {
    throw products();
  }

  @Override
  public Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
    throw products();
  }

  private UnavailableException products() {
    return conversation.unsupported("single operations other than products");
  }

  @Override
  public void close() {
    backend.giveBack(resources, conversation);
  }
}
