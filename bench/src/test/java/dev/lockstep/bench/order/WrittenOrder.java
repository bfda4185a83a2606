package dev.lockstep.bench.order;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A small report: a product of two trees, one that differs, and one that could not be revealed. */
public final class WrittenOrder {

  private WrittenOrder() {}

  /** Writes it as {@code order --json} does. */
  public static void write(Path file) {
    JsonFile.write(file, OrderDocument.of(report(), 1, "lockstep order"));
  }

  static OrderReport report() {
    ProductShape shape = new ProductShape(ProductForm.AB, 9, 2, 5);
    Multiplication product = KnownOrder.tailOf(KnownOrder.CHAIN, KnownOrder.HALVES).in(shape);
    if (!(RevealedProduct.of(shape, product, ProbeLimit.ofProducts(1000))
        instanceof RevealedProduct revealed)) {
      throw new IllegalStateException("a known order");
    }
    List<ProductOrder.Tree> trees = revealed.classes().stream().map(ProductOrder.Tree::of).toList();
    ProductOrder.Operands operands =
        new ProductOrder.Operands(revealed.formatOfA(), revealed.formatOfB());
    ProductOrder agrees =
        order(
            Verdict.AGREES, null, "bits", operands, new ProductOrder.Replayed(18, 0, null), trees);
    ProductOrder.Differing first = new ProductOrder.Differing(8, 1, "0x1.0p0", "0x1.000002p0", 1);
    ProductOrder differs =
        order(
            Verdict.DIFFERS,
            null,
            "a bit",
            operands,
            new ProductOrder.Replayed(18, 1, first),
            trees);
    ProductOrder unknown =
        order(Verdict.INCONCLUSIVE, Unrevealed.Reason.BUDGET, "time was up", null, null, List.of());
    return new OrderReport(Map.of("processor", "any"), List.of(agrees, differs, unknown));
  }

  private static ProductOrder order(
      Verdict verdict,
      Unrevealed.@Nullable Reason obstacle,
      String reason,
      ProductOrder.@Nullable Operands operands,
      ProductOrder.@Nullable Replayed replay,
      List<ProductOrder.Tree> trees) {
    return new ProductOrder(
        "library",
        Hardware.REAL,
        "version 1",
        2,
        ProductForm.AB,
        9,
        2,
        5,
        verdict,
        obstacle,
        reason,
        50,
        operands,
        replay,
        trees);
  }
}
