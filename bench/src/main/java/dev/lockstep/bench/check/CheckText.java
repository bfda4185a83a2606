package dev.lockstep.bench.check;

import dev.lockstep.agreement.Percent;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Kind;
import dev.lockstep.bench.check.CheckReport.Remark;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.bench.terminal.Printer;
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

/**
 * A check's report for people: a table of the backends, what was shown, what was found, and the
 * verdict last, because a terminal shows the end of what is printed.
 */
public final class CheckText {

  /** Orders cells by width, those of one width by batch. */
  static final Comparator<CellResult> WIDER =
      Comparator.<CellResult>comparingLong(r -> r.cell().width())
          .thenComparing(r -> r.cell().batch());

  private static final int INDENT = 2;

  private final CheckReport report;
  private final List<CellResult> results;

  public CheckText(CheckReport report) {
    this.report = report;
    results = report.results();
  }

  void print(Printer out) {
    details(out);
    out.line();
    out.paragraph("Verdict: " + verdict());
  }

  /** Everything but the verdict. */
  public void details(Printer out) {
    out.table(new CheckTable(report).table(), INDENT);
    Surroundings.missing(report.chosen()).forEach(line -> out.paragraph(line, INDENT, 2 * INDENT));
    Table claims = claims();
    if (!claims.isEmpty()) {
      out.line();
      out.table(claims, 0);
    }
    List<Remark> findings = report.findings();
    List<Remark> faults = report.faults();
    print(out, counted(findings.size(), "finding", "findings") + ":", findings);
    print(out, "not run:", report.notRun());
    print(out, counted(faults.size(), "fault", "faults") + ":", faults);
  }

  private static String counted(long number, String one, String more) {
    return number + " " + (number == 1 ? one : more);
  }

  private static void print(Printer out, String title, List<Remark> remarks) {
    if (!remarks.isEmpty()) {
      out.line();
      out.line(title);
      for (Remark remark : remarks) {
        out.paragraph(remark.sentence(), INDENT, 2 * INDENT);
        remark.evidence().forEach(line -> out.paragraph("| " + line, 2 * INDENT, 3 * INDENT));
        if (!remark.more().isEmpty()) {
          out.command(remark.more(), 2 * INDENT);
        }
      }
    }
  }

  /** What was shown, a line each. */
  private Table claims() {
    Table claims = new Table(1, List.of(Table.word(""), Table.text("")));
    Map<String, Optional<String>> all = new LinkedHashMap<>();
    all.put("data", report.advice().sentence());
    all.put("equal units", equalUnits());
    all.put("quotient", quotient());
    all.put("exact data", exactData());
    all.put("zero weights", zeroWeights());
    all.put("verdicts", verdicts());
    all.put("wide", wide());
    all.put("unit noise", unitNoise());
    all.put("random units", randomUnits());
    all.forEach((name, claim) -> claim.ifPresent(shown -> claims.row(name, shown)));
    return claims;
  }

  /** The verdict in words, and what it says nothing about. */
  public String verdict() {
    String scenarios =
        "("
            + counted(results.size(), "scenario", "scenarios")
            + ", "
            + counted(report.steps(), "step", "steps")
            + ")";
    return verdict(scenarios) + cuda();
  }

  private String verdict(String scenarios) {
    return switch (report.verdict()) {
      case AGREES -> "AGREES. " + agreement(scenarios);
      case DIFFERS -> "DIFFERS " + scenarios + ". The faults above say what differs and where.";
      case FAILED -> "FAILED " + scenarios + ". A backend broke down; see the faults above.";
      case INCONCLUSIVE -> "INCONCLUSIVE " + scenarios + ". " + inconclusive();
      case UNAVAILABLE, UNSUPPORTED ->
          "INCOMPLETE " + scenarios + ". A backend that was asked for could not run.";
    };
  }

  private String inconclusive() {
    int notShown = report.notShown().size();
    int all = results.size() + (report.zeroStart().outcomes().isEmpty() ? 0 : 1);
    return notShown == 0
        ? "The faults above say what could not be decided."
        : "On these data "
            + notShown
            + " of "
            + all
            + " experiments show nothing"
            + (report.faults().isEmpty()
                ? "."
                : "; the faults above say what else could not be decided.");
  }

  private String agreement(String scenarios) {
    if (results.isEmpty()) {
      return "No scenario was run.";
    }
    int exact = report.running(Kind.EXACT).size();
    int libraries = report.running(Kind.LIBRARY).size() + report.running(Kind.LIBRARY_STEP).size();
    String also =
        switch (libraries) {
          case 0 -> "";
          case 1 -> ", 1 library within its bound";
          default -> ", " + libraries + " libraries within their bounds";
        };
    return exact < 2
        ? "Every comparison agrees " + scenarios + "; nothing was compared bit for bit."
        : exact + " exact backends agree bit for bit" + also + " " + scenarios + ".";
  }

  private String cuda() {
    return switch (report.cuda()) {
      case NOT_ASKED -> "";
      case NOT_TESTED -> " CUDA NOT TESTED: " + missing().values().iterator().next() + ".";
      case EMULATED -> " CUDA EMULATED on the CPU: nothing was tested on a GPU." + alsoMissing();
      case TESTED -> alsoMissing();
    };
  }

  private String alsoMissing() {
    return missing().entrySet().stream()
        .map(entry -> " NOT TESTED: " + entry.getKey() + " (" + entry.getValue() + ").")
        .collect(Collectors.joining());
  }

  /** The reason of each backend on CUDA that cannot run, by name. */
  private Map<String, String> missing() {
    Map<String, String> reasons = new LinkedHashMap<>();
    report.chosen().stream()
        .filter(Candidate::onDevice)
        .forEach(backend -> backend.reason().ifPresent(why -> reasons.put(backend.name(), why)));
    return reasons;
  }

  private Optional<String> equalUnits() {
    List<CellResult> equal = thatRan(CellResult::equal);
    if (equal.isEmpty()) {
      return Optional.empty();
    }
    long held = equal.stream().filter(CheckText::heldWhereOwed).count();
    boolean brokenElsewhere =
        equal.stream()
            .flatMap(result -> result.outcomes().stream())
            .anyMatch(outcome -> outcome.lockstep() instanceof LockstepState.Broken);
    String where =
        held < equal.size()
            ? "in " + held + " of " + equal.size() + " scenarios"
            : brokenElsewhere
                ? "in every layer on every exact backend"
                : "in every layer of every scenario";
    return Optional.of(withAccuracy("lockstep held " + where, equal));
  }

  /** On every backend that owes it; what libraries broke are findings. */
  private static boolean heldWhereOwed(CellResult result) {
    return result.outcomes().stream()
        .filter(outcome -> outcome.finding().isEmpty())
        .allMatch(outcome -> outcome.lockstep() instanceof LockstepState.Held);
  }

  private Optional<String> exactData() {
    return onBackends(
        report.exactData(),
        ExactData.PRODUCTS
            + " products of coarse operands are exact to the bit on %s, whatever the order of"
            + " addition");
  }

  private Optional<String> zeroWeights() {
    return onBackends(
        report.zeroStart(),
        "with tanh and ReLU only the output bias learns, with sigmoid one more layer in each step,"
            + " on %s");
  }

  private static Optional<String> onBackends(Experiment<?> experiment, String claim) {
    long agreeing = experiment.outcomes().stream().filter(Experiment.Shown::agrees).count();
    return Optional.of(claim.replace("%s", counted(agreeing, "backend", "backends")))
        .filter(_ -> agreeing > 0);
  }

  private Optional<String> verdicts() {
    long agreeing = of(Tier.VERDICTS).filter(a -> a.verdict() == Verdict.AGREES).count();
    long libraries = report.outcomes().filter(outcome -> outcome.kind().isLibrary()).count();
    return share(Tier.VERDICTS)
        .map(
            share ->
                agreeing
                    + " of "
                    + libraries
                    + " library runs have an exact backend's unit classes, or a named break, and"
                    + " its accuracy ("
                    + share
                    + " of the limit)");
  }

  private Optional<String> wide() {
    String widths =
        results.stream()
            .filter(
                result ->
                    result.outcomes().stream()
                        .flatMap(outcome -> outcome.agreements().stream())
                        .anyMatch(a -> a.tier() == Tier.SAMPLE && a.verdict() == Verdict.AGREES))
            .map(result -> result.cell().width())
            .distinct()
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
    return share(Tier.SAMPLE)
        .filter(_ -> !widths.isEmpty())
        .map(
            share ->
                "elements of every product recomputed on the CPU at widths "
                    + widths
                    + ": exact ones to the bit, libraries' within "
                    + share
                    + " of the bound");
  }

  private Optional<String> quotient() {
    return share(Tier.QUOTIENT)
        .map(
            share ->
                "loss and gradients are those of the network with one unit a layer ("
                    + share
                    + " of the rounding bound)");
  }

  private Optional<String> randomUnits() {
    List<CellResult> random = thatRan(CellResult::random);
    if (random.isEmpty()) {
      return Optional.empty();
    }
    Outcome shown = full(widest(random));
    String claim =
        String.format(
            Locale.ROOT,
            "%d of %d unit classes by step 1, spread %.3g -> %.3g",
            atFirst(random, Spread::classes),
            atFirst(random, Spread::units),
            shown.atFirst().relativeSpread(),
            shown.atLast().relativeSpread());
    return Optional.of(withAccuracy(claim, random));
  }

  /** What noise made of units that started equal. */
  private Optional<String> unitNoise() {
    List<CellResult> noisy = thatRan(result -> result.scenario().noiseSetsApart());
    String claim =
        atFirst(noisy, Spread::classes)
            + " unit classes by step 1 of "
            + atFirst(noisy, Spread::units)
            + " units that started equal";
    return noisy.isEmpty() ? Optional.empty() : Optional.of(withAccuracy(claim, noisy));
  }

  private List<CellResult> thatRan(Predicate<CellResult> wanted) {
    return results.stream().filter(r -> wanted.test(r) && !r.outcomes().isEmpty()).toList();
  }

  /** A claim about several networks, and how well the widest of them classifies. */
  private static String withAccuracy(String claim, List<CellResult> some) {
    CellResult widest = widest(some);
    Double narrow = widest.narrowAccuracy();
    return claim
        + "; test accuracy "
        + percent(full(widest).evaluation().accuracy())
        + (narrow == null ? "" : " (one unit: " + percent(narrow) + ")")
        + " in "
        + widest.cell().name();
  }

  /** Of the units after the first step, in all networks together. */
  private static long atFirst(List<CellResult> some, ToLongFunction<Spread> number) {
    return some.stream().mapToLong(r -> number.applyAsLong(full(r).atFirst())).sum();
  }

  /** The outcome that ran the most steps, the first of equals. */
  private static Outcome full(CellResult result) {
    return result.outcomes().stream().max(Comparator.comparingInt(Outcome::steps)).orElseThrow();
  }

  private static CellResult widest(List<CellResult> some) {
    return some.stream().max(WIDER).orElseThrow();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  private Stream<Agreement> of(Tier tier) {
    return report
        .outcomes()
        .flatMap(outcome -> outcome.agreements().stream())
        .filter(agreement -> agreement.tier() == tier);
  }

  /** The largest share of its bound or limit that a tier used. */
  private Optional<String> share(Tier tier) {
    return of(tier).map(Agreement::share).max(Comparator.naturalOrder()).map(Percent::of);
  }
}
