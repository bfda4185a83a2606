package dev.lockstep.bench.tolerance;

import dev.lockstep.agreement.ProductTolerance;
import dev.lockstep.agreement.TensorTolerance;
import dev.lockstep.agreement.Tolerance;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Prints tolerances as tables. */
final class ToleranceText {
  private static final int INDENT = 2;

  /** Rounded up, so that what is printed still holds. */
  private static final MathContext DIGITS = new MathContext(3, RoundingMode.CEILING);

  private ToleranceText() {}

  static void print(Tolerances tolerances, Printer out) {
    switch (tolerances) {
      case Tolerances.OfProduct product -> print(product, out);
      case Tolerances.OfStep step -> print(step, out);
    }
  }

  private static void print(Tolerances.OfProduct product, Printer out) {
    ProductTolerance tolerance = product.tolerance();
    out.paragraph(
        String.format(
            Locale.ROOT,
            "Product %s in %s, %s, against binary64",
            product.shape(),
            product.precision().label(),
            described(product.operands())));
    out.line();
    Table table = table(List.of(Table.text("by"), Table.text("false alarms")));
    row(table, tolerance.bound(), "bound", "never");
    tolerance.statistics().ifPresent(each -> row(table, each, "statistics", "below 1 in 1000000"));
    out.table(table, INDENT);
    out.line();
    out.paragraph(remark(product));
    Tolerance best = tolerance.strictest();
    String given = "rtol=" + number(best.rtol()) + ", atol=" + number(best.atol()) + ")";
    out.line();
    out.line("numpy.testing.assert_allclose(c, exact, " + given);
    out.line("torch.testing.assert_close(c.double(), exact, " + given);
  }

  private static String remark(Tolerances.OfProduct product) {
    if (product.tolerance().inapplicable().isPresent()) {
      return "Statistics do not apply: equal terms round alike, so their errors add up.";
    }
    return product.operands().equals(ToleranceCommand.RANDOM)
        ? "For operands of standard deviations s and t, multiply atol by s t."
        : "These tolerances hold for these operands only.";
  }

  private static String described(String operands) {
    return switch (operands) {
      case ToleranceCommand.RANDOM -> "standard normal operands";
      case ToleranceCommand.EQUAL -> "operands of equal elements";
      default -> "operands of " + operands;
    };
  }

  private static void print(Tolerances.OfStep step, Printer out) {
    out.paragraph(
        String.format(
            Locale.ROOT,
            "First step of %s, %d rows, products in %s, against binary64; by the bound",
            step.network(),
            step.batch(),
            step.precision().label()));
    out.line();
    Table table = table(List.of(Table.text("tensor"), Table.word("shape")));
    for (TensorTolerance tensor : step.tensors()) {
      row(table, tensor.tolerance(), tensor.tensor(), tensor.rows() + "x" + tensor.columns());
    }
    out.table(table, INDENT);
  }

  private static Table table(List<Table.Column> first) {
    return new Table(
        1,
        Stream.concat(
                first.stream(),
                Stream.of("rtol", "atol", "sees in all", "sees in one").map(Table::number))
            .toList());
  }

  private static void row(Table table, Tolerance tolerance, String first, String second) {
    table.row(
        first,
        second,
        number(tolerance.rtol()),
        number(tolerance.atol()),
        number(tolerance.visible().whole()),
        number(tolerance.visible().element()));
  }

  /** Returns a number that numpy and Python read. */
  static String number(double value) {
    if (value == 0) {
      return "0";
    }
    if (!Double.isFinite(value)) {
      return "-";
    }
    return String.format(Locale.ROOT, "%.2e", new BigDecimal(value).round(DIGITS));
  }
}
