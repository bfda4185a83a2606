package dev.lockstep.bench.order;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Available;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.program.ProductShape;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reveals and replays products of one backend. */
final class OrderJudge {

  private static final long SEED = 4096;

  private final Candidate candidate;
  private final Resources resources;

  OrderJudge(Candidate candidate, Resources resources) {
    this.candidate = candidate;
    this.resources = resources;
  }

  /** Judges a product. */
  ProductOrder judge(ProductShape shape, ProbeLimit limit) {
    try (Operations operations = candidate.backend().operations(resources)) {
      Multiplication multiplication = Multiplication.of(operations, shape.form());
      return switch (RevealedProduct.of(shape, multiplication, limit)) {
        case Unrevealed unrevealed -> unrevealed(shape, unrevealed);
        case RevealedProduct revealed ->
            revealed(shape, revealed, Verification.ofRandom(revealed, multiplication, limit, SEED));
      };
    } catch (UnavailableException e) {
      return unknown(shape, Verdict.of(e.availability()), null, String.valueOf(e.getMessage()), 0);
    } catch (BackendFault e) {
      return failed(shape, String.valueOf(e.getMessage()));
    }
  }

  /** The verdict on a product whose backend has failed. */
  ProductOrder failed(ProductShape shape, String reason) {
    return unknown(shape, Verdict.FAILED, Unrevealed.Reason.FAILED, reason, 0);
  }

  private ProductOrder unrevealed(ProductShape shape, Unrevealed unrevealed) {
    return unknown(
        shape,
        Verdict.INCONCLUSIVE,
        unrevealed.reason(),
        "not revealed, " + unrevealed.reason().words() + ": " + unrevealed.evidence(),
        unrevealed.products());
  }

  private ProductOrder unknown(
      ProductShape shape,
      Verdict verdict,
      Unrevealed.@Nullable Reason obstacle,
      String reason,
      int products) {
    return order(shape, verdict, obstacle, reason, products, null, null, List.of());
  }

  private ProductOrder revealed(
      ProductShape shape, RevealedProduct revealed, Verification verification) {
    List<ProductOrder.Tree> trees = revealed.classes().stream().map(ProductOrder.Tree::of).toList();
    ProductOrder.Differing first =
        verification
            .first()
            .map(
                mismatch ->
                    new ProductOrder.Differing(
                        mismatch.row(),
                        mismatch.column(),
                        Float.toHexString(mismatch.product()),
                        Float.toHexString(mismatch.replayed()),
                        revealed.treeNumber(mismatch.row(), mismatch.column())))
            .orElse(null);
    return order(
        shape,
        verdict(revealed, verification),
        null,
        reason(revealed, verification),
        revealed.products(),
        new ProductOrder.Operands(revealed.formatOfA(), revealed.formatOfB()),
        new ProductOrder.Replayed(verification.elements(), verification.differing(), first),
        trees);
  }

  private boolean isWronglyOrdered(RevealedProduct revealed) {
    AdditionTree canonical = AdditionTree.canonical(revealed.shape().k());
    return candidate.kind() == Kind.EXACT && !revealed.trees().stream().allMatch(canonical::equals);
  }

  private Verdict verdict(RevealedProduct revealed, Verification verification) {
    if (!verification.agrees() || isWronglyOrdered(revealed)) {
      return Verdict.DIFFERS;
    }
    return revealed.hasFusedSums() ? Verdict.INCONCLUSIVE : Verdict.AGREES;
  }

  private String reason(RevealedProduct revealed, Verification verification) {
    if (!verification.agrees()) {
      return String.format(
          Locale.ROOT,
          "%,d of %,d elements of random operands differ from their replay; %s. Either these are"
              + " wrong, or the order depends on the operands",
          verification.differing(),
          verification.elements(),
          verification.first().map(Verification.Mismatch::toString).orElse(""));
    }
    if (isWronglyOrdered(revealed)) {
      return "an exact backend adds in another order than one ascending chain of fma";
    }
    return revealed.hasFusedSums()
        ? "revealed, but fused sums are not replayed: their arithmetic is the device's"
        : String.format(
            Locale.ROOT,
            "bits, own order: %,d elements of random operands are those of their replay",
            verification.elements());
  }

  private ProductOrder order(
      ProductShape shape,
      Verdict verdict,
      Unrevealed.@Nullable Reason obstacle,
      String reason,
      int products,
      ProductOrder.@Nullable Operands operands,
      ProductOrder.@Nullable Replayed replay,
      List<ProductOrder.Tree> trees) {
    boolean onDevice = candidate.backend().placement() == Backend.Placement.DEVICE;
    return new ProductOrder(
        candidate.name(),
        candidate.hardware(),
        runsOn(),
        onDevice ? null : resources.threads(),
        shape.form(),
        shape.m(),
        shape.n(),
        shape.k(),
        verdict,
        obstacle,
        reason,
        products,
        operands,
        replay,
        trees);
  }

  private String runsOn() {
    return candidate.backend().availability(resources) instanceof Available available
        ? available.detail()
        : "";
  }
}
