package dev.lockstep.bench.order;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The orders in which backends add, each revealed when it is first asked for.
 *
 * <p>They are those of single products. A training step may call the same library in another way;
 * whether its products have the same order, only a replay of its own operands shows.
 */
public final class RevealedOrders implements AutoCloseable {

  private final Map<Caller, Operations> opened = new HashMap<>();
  private final Map<Product, Revelation> revealed = new HashMap<>();

  /** A backend as it computes its products: an order may depend on the number of threads. */
  private record Caller(Backend backend, Resources resources) {}

  private record Product(Caller caller, ProductShape shape) {}

  /**
   * Returns what probing finds out, or found out before, about a product's order. What ended for
   * want of time is tried again.
   *
   * @throws UnavailableException if the backend has no single products; the next call says so
   * @throws BackendFault if it fails; likewise
   */
  public Revelation of(Backend backend, Resources resources, ProductShape shape, ProbeLimit limit) {
    Product product = new Product(new Caller(backend, resources), shape);
    Revelation known = revealed.get(product);
    if (known instanceof RevealedProduct
        || (known instanceof Unrevealed unrevealed
            && unrevealed.reason() != Unrevealed.Reason.BUDGET)) {
      return known;
    }
    try {
      Multiplication multiplication = multiplication(product.caller(), shape.form());
      Revelation found = RevealedProduct.of(shape, multiplication, limit);
      revealed.put(product, found);
      return found;
    } catch (UnavailableException | BackendFault e) {
      String message = String.valueOf(e.getMessage());
      revealed.put(product, new Unrevealed(Unrevealed.Reason.FAILED, message, 0));
      throw e;
    }
  }

  /** Returns an order that was asked for before; empty if it was not. */
  public Optional<Revelation> known(Backend backend, Resources resources, ProductShape shape) {
    @Nullable Revelation known = revealed.get(new Product(new Caller(backend, resources), shape));
    return Optional.ofNullable(known);
  }

  /**
   * Returns a backend's single products in one form.
   *
   * @throws UnavailableException if the backend has none
   * @throws BackendFault if it fails
   */
  public Multiplication multiplication(Backend backend, Resources resources, ProductForm form) {
    return multiplication(new Caller(backend, resources), form);
  }

  private Multiplication multiplication(Caller caller, ProductForm form) {
    Operations operations = opened.get(caller);
    if (operations == null) {
      operations = caller.backend().operations(caller.resources());
      opened.put(caller, operations);
    }
    return Multiplication.of(operations, form);
  }

  @Override
  public void close() {
    opened.values().forEach(Operations::close);
  }
}
