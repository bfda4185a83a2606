package dev.lockstep.bench.order;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.terminal.Printer;

/** Prints the orders of products. */
final class OrderText {

  private static final int INDENT = 2;
  private static final int LONGEST_DRAWING = 12;

  private OrderText() {}

  static void print(OrderReport report, Printer out) {
    report.products().forEach(product -> print(product, out));
    out.line();
    out.verdicts().paragraph("Verdict: " + report.summary(), 0, INDENT);
  }

  private static void print(ProductOrder product, Printer out) {
    Printer where = product.verdict() == Verdict.AGREES ? out : out.verdicts();
    where.paragraph(
        product.title() + ": " + product.verdict() + " (" + product.reason() + ")", 0, INDENT);
    if (!product.runsOn().isEmpty()) {
      out.paragraph("runs on: " + product.runsOn(), INDENT, INDENT);
    }
    if (product.products() > 0) {
      out.paragraph(product.products() + " products computed to reveal it", INDENT, INDENT);
    }
    ProductOrder.Operands operands = product.operands();
    if (operands != null
        && !(operands.a().equals(OperandFormat.BINARY32)
            && operands.b().equals(OperandFormat.BINARY32))) {
      out.paragraph("operands of A: " + operands.a() + "; of B: " + operands.b(), INDENT, INDENT);
    }
    for (ProductOrder.Tree tree : product.trees()) {
      for (ProductOrder.Block block : tree.blocks()) {
        out.paragraph(product.words(block) + ": " + tree.words(), INDENT, INDENT);
      }
      var drawing = TreeDrawing.of(tree.tree(), LONGEST_DRAWING);
      if (drawing.size() > 1 && drawing.size() <= LONGEST_DRAWING) {
        drawing.forEach(line -> out.line(" ".repeat(2 * INDENT) + line));
      }
    }
  }
}
