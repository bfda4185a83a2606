package dev.lockstep.bench.order;

import java.util.function.BooleanSupplier;

/**
 * The effort that revealing one product may take.
 *
 * @param products the most products that are computed
 * @param timeIsUp asked before each product
 */
public record ProbeLimit(int products, BooleanSupplier timeIsUp) {

  /** A number of products, in whatever time they take. */
  public static ProbeLimit ofProducts(int products) {
    return new ProbeLimit(products, () -> false);
  }
}
