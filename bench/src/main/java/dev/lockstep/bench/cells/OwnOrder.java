package dev.lockstep.bench.cells;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.order.RevealedOrders;
import dev.lockstep.bench.order.RevealedProduct;
import dev.lockstep.bench.order.Revelation;
import dev.lockstep.bench.order.Unrevealed;
import dev.lockstep.bench.order.Verification;
import dev.lockstep.bench.order.Verification.Mismatch;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Op;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.Region;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Replays the products of a library's judged steps, from the library's own operands, in the order
 * that its single products have.
 *
 * <p>A step may call the library in another way than a single product does, with other leading
 * dimensions, alignment or epilogue, and then add in another order. So if a replay differs, the
 * single product of the same operands decides. If it differs from the replay too, the order depends
 * on the numbers. If it does not, but the step's product differs from it in many elements, the step
 * adds in another order. Neither is a fault, and bounds judge. What is left is a product of the
 * step that has the library's own bits in all but a few of the replayed elements: those are wrong.
 */
final class OwnOrder {

  /** Additions that are replayed of a product in any case: all elements of small ones. */
  private static final long QUICK = 1 << 22;

  private static final long SEED = 31;

  /**
   * The part of the replayed elements that may be wrong rather than added in another order. Two
   * neighbouring terms exchanged in a chain already change one in 100 elements or more, and no
   * library is known whose orders differ by so little.
   */
  private static final double FEW = 0.005;

  private final OwnOrders all;
  private final RevealedOrders orders;
  private final Backend backend;
  private final Resources resources;
  private int products;
  private int replayed;
  private long elements;
  private @Nullable String why;
  private @Nullable Difference wrong;
  private @Nullable String tree;

  OwnOrder(OwnOrders all, RevealedOrders orders, Backend backend, Resources resources) {
    this.all = all;
    this.orders = orders;
    this.backend = backend;
    this.resources = resources;
  }

  /** The products that judged steps computed. */
  int products() {
    return products;
  }

  /** How many of them are those of their replay. */
  int replayed() {
    return replayed;
  }

  /** How many elements were replayed. */
  long elements() {
    return elements;
  }

  /** Replays a product of a judged step. */
  void product(long step, Op.Product op, Matrix a, Matrix b, Matrix c) {
    products++;
    ProductShape shape = op.shape();
    Optional<Revelation> revelation = orders.known(backend, resources, shape);
    if (revelation.isEmpty() || all.timeIsUp()) {
      leave(shape + " was left for want of time");
      return;
    }
    switch (revelation.get()) {
      case Unrevealed unrevealed ->
          leave(shape + " was not revealed, " + unrevealed.reason().words());
      case RevealedProduct product when product.hasFusedSums() ->
          leave(shape + " has fused sums, which are not replayed");
      case RevealedProduct product -> {
        if (all.timed(
            () -> hasBitsOfReplay(step, op, product, binary32(a), binary32(b), binary32(c)))) {
          replayed++;
        }
      }
    }
  }

  private void leave(String reason) {
    if (why == null) {
      why = reason;
    }
  }

  private boolean hasBitsOfReplay(
      long step,
      Op.Product op,
      RevealedProduct product,
      FloatMatrix a,
      FloatMatrix b,
      FloatMatrix c) {
    Verification own = Verification.of(product, a, b, c, SEED + step, QUICK);
    elements += own.elements();
    if (own.agrees()) {
      return true;
    }
    FloatMatrix single = orders.multiplication(backend, resources, op.form()).product(a, b);
    Mismatch first = own.first().orElseThrow();
    if (!Verification.of(product, a, b, single, SEED + step, QUICK).agrees()) {
      leave(
          differs(step, op, first) + ", as in a single product: the order depends on the numbers");
    } else if (own.differing() > Math.max(1, FEW * own.elements())) {
      leave(differs(step, op, first) + ": the step adds in another order than a single product");
    } else if (wrong == null) {
      wrong = difference(step, op, first);
      tree = product.describe(first.row(), first.column());
    }
    return false;
  }

  private static String differs(long step, Op.Product op, Mismatch first) {
    return "step " + step + ", " + op.c().name() + ": " + first;
  }

  private static Difference difference(long step, Op.Product op, Mismatch at) {
    return new Difference(
        step,
        op.c().name(),
        at.row(),
        at.column(),
        at.replayed(),
        at.product(),
        Float.floatToRawIntBits(at.replayed()),
        Float.floatToRawIntBits(at.product()));
  }

  private static FloatMatrix binary32(Matrix matrix) {
    return matrix instanceof FloatMatrix already
        ? already
        : new Region(0, matrix.rows(), 0, matrix.columns()).copyOf(matrix);
  }

  /**
   * Returns how the products agree with their replays; empty if some were not replayed, or none was
   * seen.
   *
   * @param steps the number of judged steps
   */
  Optional<Agreement> agreement(int steps) {
    if (wrong != null) {
      return Optional.of(
          new Agreement(
              Verdict.DIFFERS,
              Tier.OWN_ORDER,
              steps,
              0,
              wrong,
              wrong
                  + "; the library's single product of the same operands has the expected bits: "
                  + tree));
    }
    return products == 0 || replayed < products
        ? Optional.empty()
        : Optional.of(
            new Agreement(
                Verdict.AGREES,
                Tier.OWN_ORDER,
                steps,
                0,
                null,
                String.format(
                    Locale.ROOT,
                    "%d elements of %d products are those of their replay in the library's own"
                        + " order",
                    elements,
                    products)));
  }

  /** Returns why not all products were replayed; empty if they were. */
  Optional<String> shortfall() {
    return Optional.ofNullable(why)
        .map(
            reason ->
                String.format(
                    Locale.ROOT,
                    "%d of %d products replayed in the library's own order; %s",
                    replayed,
                    products,
                    reason));
  }
}
