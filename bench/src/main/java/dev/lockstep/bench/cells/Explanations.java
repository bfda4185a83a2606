package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.cells.LockstepState.Suspect;
import dev.lockstep.bench.order.ProbeLimit;
import dev.lockstep.bench.order.RevealedOrders;
import dev.lockstep.bench.order.RevealedProduct;
import dev.lockstep.bench.order.TwoTrees;
import dev.lockstep.bench.order.Unrevealed;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Says why units came apart on a library: the orders in which it adds the elements of a unit that
 * stayed and of one that left, in the product that first gave them different bits.
 */
final class Explanations {

  private final RevealedOrders orders;
  private final ProbeLimit limit;
  private final Map<Asked, String> known = new HashMap<>();

  /** What is asked for, of which many networks ask the same. */
  private record Asked(Backend backend, Resources resources, Suspect suspect, int unit) {}

  /**
   * @param limit the effort for each product
   */
  Explanations(RevealedOrders orders, ProbeLimit limit) {
    this.orders = orders;
    this.limit = limit;
  }

  /**
   * Adds the explanation to a break of lockstep on a library.
   *
   * @param resources with which the network was trained
   */
  LockstepState explained(
      Backend backend, Resources resources, LostDevice lost, LockstepState state) {
    return state instanceof LockstepState.Broken broken
            && broken.suspect() instanceof Suspect suspect
            && backend.kind().isLibrary()
            && backend.elementBytes() == Float.BYTES
            && lost.isPresent(backend)
        ? broken.explained(
            known.computeIfAbsent(
                new Asked(backend, resources, suspect, broken.firstUnit()),
                asked -> explanation(asked, lost)))
        : state;
  }

  private String explanation(Asked asked, LostDevice lost) {
    Suspect suspect = asked.suspect();
    String product = suspect.tensor() + " (" + suspect.shape() + ")";
    try {
      return switch (orders.of(asked.backend(), asked.resources(), suspect.shape(), limit)) {
        case Unrevealed unrevealed ->
            "the order of the "
                + product
                + " is not revealed, "
                + unrevealed.reason().words()
                + ": "
                + unrevealed.evidence();
        case RevealedProduct revealed ->
            TwoTrees.of(
                    revealed,
                    orders.multiplication(
                        asked.backend(), asked.resources(), suspect.shape().form()),
                    suspect.units(),
                    0,
                    asked.unit())
                .map(trees -> words(product, asked.unit(), trees))
                .orElse(
                    String.format(
                        Locale.ROOT,
                        "units 0 and %d are added in the same order in the %s, which does not"
                            + " explain it",
                        asked.unit(),
                        product));
      };
    } catch (UnavailableException | BackendFault e) {
      lost.note(asked.backend(), "while its order was revealed", e);
      return "the order of the " + product + " is not revealed: " + e.getMessage();
    }
  }

  private static String words(String product, int unit, TwoTrees trees) {
    return String.format(
        Locale.ROOT,
        "in the %s, unit 0 is %s, and unit %d is %s%s",
        product,
        trees.first(),
        unit,
        trees.second(),
        trees.confirmed() ? "; equal units of random numbers come apart in this product too" : "");
  }
}
