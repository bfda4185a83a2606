package dev.lockstep.bench.cells;

import dev.lockstep.agreement.ProductCheck;
import dev.lockstep.agreement.ShareHistogram;
import dev.lockstep.agreement.Statistic;
import dev.lockstep.agreement.Statistic.Kind;
import dev.lockstep.agreement.Visible;
import dev.lockstep.program.ProductForm;
import java.util.ArrayList;
import java.util.List;

/**
 * How large the errors of a backend's products of one form are.
 *
 * @param form AB of forward products, ABT of deltas, ATB of weight gradients
 * @param products how many were judged
 * @param byStatistics how many of them statistics judged as well as bounds
 * @param elements how many elements were recomputed
 * @param histogram how many of them use how much of their bound, as in {@link ShareHistogram}
 * @param largestShare of a bound
 * @param slope the largest share of its limit that the slope of a product's error has; likewise of
 *     the others
 * @param visibleInAll the smallest error of a whole product that would have been seen in each;
 *     infinite if it would not
 * @param visibleInOne the same of one element
 */
public record ProductErrors(
    ProductForm form,
    int products,
    int byStatistics,
    long elements,
    List<Long> histogram,
    double largestShare,
    double slope,
    double meanSquare,
    double checksum,
    double visibleInAll,
    double visibleInOne) {

  public ProductErrors {
    histogram = List.copyOf(histogram);
  }

  /** The errors of one product. */
  static ProductErrors of(ProductForm form, ProductCheck.Result checked) {
    Visible visible = checked.smallestVisible();
    return new ProductErrors(
        form,
        1,
        checked.inapplicable().isPresent() ? 0 : 1,
        checked.shares().stream().mapToLong(Long::longValue).sum(),
        checked.shares(),
        checked.bound().share(),
        share(checked, Kind.SLOPE),
        share(checked, Kind.MEAN_SQUARE),
        Math.max(share(checked, Kind.ROW_CHECKSUM), share(checked, Kind.COLUMN_CHECKSUM)),
        visible.whole(),
        visible.element());
  }

  private static double share(ProductCheck.Result checked, Kind kind) {
    return checked.statistics().stream()
        .filter(statistic -> statistic.kind() == kind)
        .mapToDouble(Statistic::share)
        .max()
        .orElse(0);
  }

  /** The errors of these products and of others of the form. */
  ProductErrors plus(ProductErrors other) {
    List<Long> sums = new ArrayList<>();
    for (int bin = 0; bin < histogram.size(); bin++) {
      sums.add(histogram.get(bin) + other.histogram.get(bin));
    }
    return new ProductErrors(
        form,
        products + other.products,
        byStatistics + other.byStatistics,
        elements + other.elements,
        sums,
        Math.max(largestShare, other.largestShare),
        Math.max(slope, other.slope),
        Math.max(meanSquare, other.meanSquare),
        Math.max(checksum, other.checksum),
        Math.max(visibleInAll, other.visibleInAll),
        Math.max(visibleInOne, other.visibleInOne));
  }
}
