package dev.lockstep.bench.order;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Hardware;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The orders of several products.
 *
 * @param environment the facts that results depend on, by name
 */
public record OrderReport(Map<String, String> environment, List<ProductOrder> products) {

  public OrderReport {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    products = List.copyOf(products);
  }

  /** The worst of the verdicts: something differs, could not be found out, or all agrees. */
  Verdict verdict() {
    for (Verdict worst : List.of(Verdict.DIFFERS, Verdict.FAILED)) {
      if (products.stream().anyMatch(each -> each.verdict() == worst)) {
        return worst;
      }
    }
    return products.stream().allMatch(each -> each.verdict() == Verdict.AGREES)
        ? Verdict.AGREES
        : Verdict.INCONCLUSIVE;
  }

  /** 0 if every order was revealed and every replay has the product's bits, else 1. */
  int exitCode() {
    return verdict() == Verdict.AGREES ? 0 : 1;
  }

  /** The verdict with numbers, in one line. */
  String summary() {
    long agree = products.stream().filter(each -> each.verdict() == Verdict.AGREES).count();
    long computed = products.stream().mapToLong(ProductOrder::products).sum();
    long elements = 0;
    for (ProductOrder each : products) {
      elements += each.replay() == null ? 0 : each.replay().elements();
    }
    boolean emulated = products.stream().anyMatch(each -> each.hardware() == Hardware.EMULATED);
    return String.format(
        Locale.ROOT,
        "%s. The order of %d of %d products is known and replayed to the bit: %,d elements, after"
            + " %,d products.%s",
        verdict(),
        agree,
        products.size(),
        elements,
        computed,
        emulated ? " CUDA EMULATED on the CPU: nothing was tested on a GPU." : "");
  }
}
