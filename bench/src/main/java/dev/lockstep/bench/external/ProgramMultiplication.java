package dev.lockstep.bench.external;

import dev.lockstep.backend.Multiplier.Multiplication;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import org.jspecify.annotations.Nullable;

/**
 * One product in a program, again and again, on operands that are sent once. C is fetched where it
 * is looked at, so that nothing travels while the program computes.
 */
public final class ProgramMultiplication implements Multiplication {
  private final ProgramOperations operations;
  private final Conversation conversation;
  private final int rows;
  private final int columns;
  private @Nullable Matrix fetched;

  /**
   * Sends the operands.
   *
   * @param operations closed with this
   */
  ProgramMultiplication(
      ProgramOperations operations,
      Conversation conversation,
      ProductForm form,
      Matrix a,
      Matrix b) {
    this.operations = operations;
    this.conversation = conversation;
    requireOf(conversation);
    Matrix first = operations.product(form, a, b);
    rows = first.rows();
    columns = first.columns();
  }

  /**
   * Checks that a program can take the time of products.
   *
   * @throws dev.lockstep.backend.UnavailableException if it does not list what is needed
   */
  static void requireOf(Conversation conversation) {
    conversation.require("product", "single products");
    conversation.require("products", "timing of single products");
  }

  @Override
  public void run() {
    var _ = run(1);
  }

  /** Overwrites C with the product so many times and says how long that took. */
  public Clocks run(int count) {
    fetched = null;
    long start = System.nanoTime();
    double seconds =
        conversation.ask(
            "products", request -> request.put("count", count), result -> result.time("seconds"));
    return new Clocks(seconds, (System.nanoTime() - start) * 1e-9);
  }

  /** The program does so when it hands over C. */
  @Override
  public void clear() {
    var _ = fetch();
    fetched = null;
  }

  @Override
  public float at(int row, int column) {
    Matrix c = fetched;
    if (c == null) {
      c = fetch();
      fetched = c;
    }
    return (float) c.value(row * columns + column);
  }

  private Matrix fetch() {
    TensorFiles tensors = conversation.tensors();
    return conversation.ask(
        "product",
        _ -> {},
        result ->
            tensors.read("the product", result.text("c"), TensorFiles.Form.MATRIX, rows, columns));
  }

  @Override
  public void close() {
    operations.close();
  }
}
