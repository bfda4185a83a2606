package dev.lockstep.bench.check;

import dev.lockstep.agreement.Percent;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.cells.Agreement;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.ExactData;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.LockstepState;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.cells.OwnOrders;
import dev.lockstep.bench.cells.OwnOrders.State;
import dev.lockstep.bench.cells.Spread;
import dev.lockstep.bench.terminal.Table;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The claims that a check supports, one line each. */
record CheckClaims(CheckReport report) {

  /** Orders cells by width, then by batch. */
  static final Comparator<CellResult> WIDER =
      Comparator.<CellResult>comparingLong(r -> r.cell().width())
          .thenComparing(r -> r.cell().batch());

  /** Returns a table with one row for each claim. */
  Table table() {
    Table claims = new Table(1, List.of(Table.word(""), Table.text("")));
    Map<String, String> all = new LinkedHashMap<>();
    all.put("data", report.advice().sentence().orElse(""));
    all.put("equal units", equalUnits());
    all.put(
        "quotient",
        ofShare(
            Tier.QUOTIENT,
            "loss and gradients are those of the network with one unit a layer (%s of the rounding"
                + " bound)"));
    all.put(
        "exact data",
        ofBackends(
            report.exactData(),
            ExactData.PRODUCTS
                + " products of coarse operands are exact to the bit on %s, whatever the order of"
                + " addition"));
    all.put(
        "edge cases",
        ofBackends(
            report.edgeCases(),
            "zeros of both signs, subnormals, infinities, kernels' tails, and small trainings of"
                + " which one overflows, give the known results on %s"));
    all.put(
        "zero weights",
        ofBackends(
            report.zeroStart(),
            "with tanh and ReLU only the output bias learns, with sigmoid one more layer in each"
                + " step, on %s"));
    all.put("own order", ownOrder());
    long libraries = report.outcomes().filter(outcome -> outcome.kind().isLibrary()).count();
    all.put(
        "verdicts",
        ofShare(
            Tier.VERDICTS,
            agreements(report.outcomes(), Tier.VERDICTS).filter(Agreement::agrees).count()
                + " of "
                + libraries
                + " library runs have an exact backend's unit classes, or a named break, and its"
                + " accuracy (%s of the limit)"));
    all.put("wide", wide());
    all.put("unit noise", unitNoise());
    all.put("random units", randomUnits());
    all.forEach(
        (name, claim) -> {
          if (!claim.isEmpty()) {
            claims.row(name, claim);
          }
        });
    return claims;
  }

  /**
   * Formats a claim with the largest share of the bound or limit in a tier; empty if the tier has
   * no agreement that shows something.
   */
  private String ofShare(Tier tier, String claim) {
    return agreements(report.outcomes(), tier)
        .map(Agreement::share)
        .max(Comparator.naturalOrder())
        .map(share -> text(claim, Percent.of(share)))
        .orElse("");
  }

  private static Stream<Agreement> agreements(Stream<Outcome> outcomes, Tier tier) {
    return outcomes
        .flatMap(o -> o.agreements().stream())
        .filter(a -> a.tier() == tier && a.verdict() != Verdict.INCONCLUSIVE);
  }

  /** Formats a claim with the number of backends that agree; empty if none does. */
  private static String ofBackends(Experiment<?> experiment, String claim) {
    long agreeing = experiment.outcomes().stream().filter(Experiment.Shown::agrees).count();
    return agreeing == 0 ? "" : text(claim, CheckText.counted(agreeing, "backend"));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private String equalUnits() {
    List<CellResult> equal = thatRan(CellResult::equal);
    long held = equal.stream().filter(CheckClaims::heldWhereOwed).count();
    boolean brokenElsewhere =
        equal.stream()
            .flatMap(result -> result.outcomes().stream())
            .anyMatch(outcome -> outcome.lockstep() instanceof LockstepState.Broken);
    String where =
        held < equal.size()
            ? text("in %d of %d scenarios", held, equal.size())
            : "in every layer "
                + (brokenElsewhere ? "on every exact backend" : "of every scenario");
    return withAccuracy("lockstep held " + where, equal);
  }

  /**
   * Returns whether lockstep held on every backend except the libraries on which its break is a
   * finding.
   */
  private static boolean heldWhereOwed(CellResult result) {
    return result.outcomes().stream()
        .filter(outcome -> outcome.finding().isEmpty())
        .allMatch(outcome -> outcome.lockstep() instanceof LockstepState.Held);
  }

  /** Describes of how many products the order is known, and how far steps have it. */
  private String ownOrder() {
    OwnOrders.Summary orders = report.orders();
    if (orders.known().isEmpty()) {
      return "";
    }
    long left = orders.count(State.LEFT);
    String unrevealed =
        orders.known().stream()
            .filter(known -> known.state() == State.NOT_REVEALED)
            .findFirst()
            .map(
                known ->
                    text(
                        ", %d not (first %s, %s: %s)",
                        orders.count(State.NOT_REVEALED),
                        known.backend(),
                        known.shape(),
                        known.evidence()))
            .orElse("");
    return text(
        "%d of %d shapes of products are revealed%s%s; %d of %d products of judged steps are those"
            + " of their replay (%d elements)",
        orders.count(State.REVEALED),
        orders.known().size(),
        unrevealed,
        left == 0 ? "" : text(", %d left for want of time (--thorough)", left),
        orders.replayed(),
        orders.products(),
        orders.elements());
  }

  private String wide() {
    String widths =
        report.results().stream()
            .filter(
                result ->
                    agreements(result.outcomes().stream(), Tier.SAMPLE).anyMatch(Agreement::agrees))
            .map(result -> result.cell().width())
            .distinct()
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
    return widths.isEmpty()
        ? ""
        : ofShare(
            Tier.SAMPLE,
            "elements of every product recomputed on the CPU at widths "
                + widths
                + ": exact ones to the bit, libraries' within %s of the bound");
  }

  private String randomUnits() {
    List<CellResult> random = finite(thatRan(CellResult::random));
    String spread =
        widest(random)
            .map(CheckClaims::full)
            .map(
                o ->
                    text("%.3g -> %.3g", o.atFirst().relativeSpread(), o.atLast().relativeSpread()))
            .orElse("");
    long classes = atFirst(random, Spread::classes);
    long units = atFirst(random, Spread::units);
    return withAccuracy(
        text("%d of %d unit classes by step 1, spread %s", classes, units, spread), random);
  }

  /** Describes how noise separated units that started equal. */
  private String unitNoise() {
    List<CellResult> noisy = finite(thatRan(result -> result.scenario().noiseSetsApart()));
    long classes = atFirst(noisy, Spread::classes);
    long units = atFirst(noisy, Spread::units);
    return withAccuracy(
        text("%d unit classes by step 1 of %d units that started equal", classes, units), noisy);
  }

  private List<CellResult> thatRan(Predicate<CellResult> wanted) {
    return report.results().stream()
        .filter(r -> wanted.test(r) && !r.outcomes().isEmpty())
        .toList();
  }

  /** Returns those whose losses were finite. */
  private static List<CellResult> finite(List<CellResult> some) {
    return some.stream().filter(result -> full(result).fault() == null).toList();
  }

  /**
   * Returns the claim with the test accuracy of the widest of these networks whose losses were
   * finite, if there is one; empty if none ran.
   */
  private static String withAccuracy(String claim, List<CellResult> some) {
    return some.isEmpty() ? "" : claim + accuracy(some);
  }

  private static String accuracy(List<CellResult> some) {
    return widest(finite(some))
        .map(
            widest ->
                text(
                    "; test accuracy %s%s in %s",
                    percent(full(widest).evaluation().accuracy()),
                    Optional.ofNullable(widest.narrowAccuracy())
                        .map(narrow -> text(" (one unit: %s)", percent(narrow)))
                        .orElse(""),
                    widest.cell().name()))
        .orElse("");
  }

  /** Returns a number of the spread after the first step, summed over these networks. */
  private static long atFirst(List<CellResult> some, ToLongFunction<Spread> number) {
    return some.stream().mapToLong(r -> number.applyAsLong(full(r).atFirst())).sum();
  }

  /** Returns the first outcome with the most steps. */
  private static Outcome full(CellResult result) {
    return result.outcomes().stream().max(Comparator.comparingInt(Outcome::steps)).orElseThrow();
  }

  private static Optional<CellResult> widest(List<CellResult> some) {
    return some.stream().max(WIDER);
  }

  private static String percent(double share) {
    return text("%.1f%%", 100 * share);
  }
}
