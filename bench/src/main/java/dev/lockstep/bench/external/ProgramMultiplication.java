package dev.lockstep.bench.external;

import dev.lockstep.backend.Multiplier.Multiplication;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import org.jspecify.annotations.Nullable;

/**
 * A repeated product in a program. The operands are sent once, and C is fetched when it is read, so
 * that no data moves while the program computes.
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
   * @param operations closed together with this object
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
   * Checks that a program can time products.
   *
   * @throws dev.lockstep.backend.UnavailableException if it does not list the needed requests
   */
  static void requireOf(Conversation conversation) {
    conversation.require("product", "single products");
    conversation.require("products", "timing of single products");
  }

  @Override
  public void run() {
    var _ = run(1);
  }

  /** Computes the product {@code count} times, overwriting C; returns the total duration. */
  public Clocks run(int count) {
    fetched = null;
    long start = System.nanoTime();
    double seconds =
        conversation.ask(
            "products", request -> request.put("count", count), result -> result.time("seconds"));
    return new Clocks(seconds, (System.nanoTime() - start) * 1e-9);
  }

  /** Fetches C, after which the program clears it. */
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
    return operations.product(_ -> {}, rows, columns);
  }

  @Override
  public void close() {
    operations.close();
  }
}
