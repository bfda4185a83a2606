package dev.lockstep.bench.order;

/** What probing found out about a product's order of addition. */
public sealed interface Revelation permits RevealedProduct, Unrevealed {

  /** The number of products that were computed to find it out. */
  int products();
}
