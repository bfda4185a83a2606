package dev.lockstep.bench.external;

import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A repeated product in a program. The operands are sent once, and C is fetched when it is read, so
 * that no data moves while the program computes.
 */
final class ProgramProduct implements Timed.Tensors {
  private final ProgramOperations operations;
  private final Conversation conversation;
  private final SingleOp single;
  private @Nullable Matrix fetched;

  /**
   * Sends the operands.
   *
   * @param operations closed together with this object
   */
  ProgramProduct(ProgramOperations operations, Conversation conversation, Work.Product product) {
    this.operations = operations;
    this.conversation = conversation;
    requireOf(conversation);
    Work.Operation operation = product.operation();
    single = operation.single();
    load(operation.operands());
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
  public int sets() {
    return 1;
  }

  /** The program overwrites C when it hands it over. */
  @Override
  public void load(Map<Tensor, ? extends Matrix> operands) {
    var _ = operands.isEmpty() ? operations.last(single) : operations.results(single, operands);
    fetched = null;
  }

  @Override
  public Times run(int count) {
    fetched = null;
    long start = System.nanoTime();
    double seconds =
        conversation.ask(
            "products", request -> request.put("count", count), result -> result.time("seconds"));
    return Times.of(seconds * 1e3, (System.nanoTime() - start) * 1e-6);
  }

  @Override
  public FloatMatrix part(int set, Tensor result, Region region) {
    Matrix c = fetched;
    if (c == null) {
      c = operations.last(single).getFirst();
      fetched = c;
    }
    return region.copyOf(c);
  }

  @Override
  public void close() {
    operations.close();
  }
}
