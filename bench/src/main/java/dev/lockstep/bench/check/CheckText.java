package dev.lockstep.bench.check;

import dev.lockstep.agreement.Percent;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Kind;
import dev.lockstep.bench.check.CheckReport.Remark;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A check's report for people: a table of the backends, what was shown, what was found, and the
 * verdict last, because a terminal shows the end of what is printed.
 */
final class CheckText {

  /** Orders cells by width, those of one width by batch. */
  static final Comparator<CellResult> WIDER =
      Comparator.<CellResult>comparingLong(r -> r.cell().width())
          .thenComparing(r -> r.cell().batch());

  private static final int INDENT = 2;

  private final CheckReport report;
  private final List<CellResult> results;

  CheckText(CheckReport report) {
    this.report = report;
    results = report.results();
  }

  void print(Printer out) {
    details(out);
    out.line();
    out.paragraph("Verdict: " + verdict());
  }

  /** Everything but the verdict. */
  void details(Printer out) {
    CheckTable backends = new CheckTable(report);
    out.table(backends.table(), INDENT);
    backends.missing().forEach(line -> out.paragraph(line, INDENT, 2 * INDENT));
    Table claims = claims();
    if (!claims.isEmpty()) {
      out.line();
      out.table(claims, 0);
    }
    print(out, counted("finding", report.findings()), report.findings());
    print(out, "not run:", report.notRun());
    print(out, counted("fault", report.faults()), report.faults());
  }

  private static String counted(String noun, List<Remark> remarks) {
    return remarks.size() + " " + noun + (remarks.size() == 1 ? "" : "s") + ":";
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
    report.advice().sentence().ifPresent(advice -> claims.row("data", advice));
    equalUnits().ifPresent(claim -> claims.row("equal units", claim));
    quotient().ifPresent(claim -> claims.row("quotient", claim));
    exactData().ifPresent(claim -> claims.row("exact data", claim));
    zeroWeights().ifPresent(claim -> claims.row("zero weights", claim));
    verdicts().ifPresent(claim -> claims.row("verdicts", claim));
    wide().ifPresent(claim -> claims.row("wide", claim));
    unitNoise().ifPresent(claim -> claims.row("unit noise", claim));
    randomUnits().ifPresent(claim -> claims.row("random units", claim));
    return claims;
  }

  /** The verdict in words, and what it says nothing about. */
  String verdict() {
    String scenarios =
        String.format(
            Locale.ROOT,
            "(%d %s, %d %s)",
            results.size(),
            results.size() == 1 ? "scenario" : "scenarios",
            report.steps(),
            report.steps() == 1 ? "step" : "steps");
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
    if (notShown == 0) {
      return "The faults above say what could not be decided.";
    }
    return String.format(
        Locale.ROOT,
        "On these data %d of %d experiments show nothing%s.",
        notShown,
        results.size() + (report.zeroStart().results().isEmpty() ? 0 : 1),
        report.faults().isEmpty() ? "" : "; the faults above say what else could not be decided");
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
        : String.format(
            Locale.ROOT, "%d exact backends agree bit for bit%s %s.", exact, also, scenarios);
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
        .map(
            entry ->
                String.format(
                    Locale.ROOT, " NOT TESTED: %s (%s).", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining());
  }

  /** The reason of each backend on CUDA that cannot run, by name. */
  private Map<String, String> missing() {
    Map<String, String> reasons = new LinkedHashMap<>();
    for (Candidate backend : report.chosen()) {
      if (backend.onDevice()) {
        backend.reason().ifPresent(reason -> reasons.put(backend.name(), reason));
      }
    }
    return reasons;
  }

  private Optional<String> equalUnits() {
    List<CellResult> equal =
        results.stream().filter(r -> r.equal() && !r.outcomes().isEmpty()).toList();
    if (equal.isEmpty()) {
      return Optional.empty();
    }
    long held = equal.stream().filter(CheckText::heldWhereOwed).count();
    boolean brokenElsewhere =
        equal.stream()
            .flatMap(result -> result.outcomes().stream())
            .anyMatch(outcome -> outcome.lockstep() instanceof LockstepState.Broken);
    String claim =
        held < equal.size()
            ? String.format(Locale.ROOT, "lockstep held in %d of %d scenarios", held, equal.size())
            : brokenElsewhere
                ? "lockstep held in every layer on every exact backend"
                : "lockstep held in every layer of every scenario";
    CellResult widest = widest(equal);
    Double narrow = widest.narrowAccuracy();
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s; test accuracy %s%s in %s",
            claim,
            percent(accuracy(widest)),
            narrow == null ? "" : " (one unit: " + percent(narrow) + ")",
            widest.cell().name()));
  }

  /** On every backend that owes it; what libraries broke are findings. */
  private static boolean heldWhereOwed(CellResult result) {
    return result.outcomes().stream()
        .filter(outcome -> outcome.finding().isEmpty())
        .allMatch(outcome -> outcome.lockstep() instanceof LockstepState.Held);
  }

  private Optional<String> exactData() {
    long equal =
        report.exactData().results().stream()
            .filter(result -> result.agreement().verdict() == Verdict.AGREES)
            .count();
    return equal == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%d products of coarse operands are exact to the bit on %d %s, whatever the order"
                    + " of addition",
                ExactData.PRODUCTS,
                equal,
                backends(equal)));
  }

  private Optional<String> zeroWeights() {
    long equal =
        report.zeroStart().results().stream()
            .filter(result -> result.verdict() == Verdict.AGREES)
            .count();
    return equal == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "with tanh and ReLU only the output bias learns, with sigmoid one more layer in"
                    + " each step, on %d %s",
                equal,
                backends(equal)));
  }

  private Optional<String> verdicts() {
    List<Outcome> libraries =
        results.stream()
            .flatMap(result -> result.outcomes().stream())
            .filter(outcome -> outcome.kind().isLibrary())
            .toList();
    List<Agreement> judged =
        libraries.stream()
            .flatMap(outcome -> outcome.agreements().stream())
            .filter(agreement -> agreement.tier() == Tier.VERDICTS)
            .toList();
    return shares(Tier.VERDICTS)
        .map(
            share ->
                String.format(
                    Locale.ROOT,
                    "%d of %d library runs have an exact backend's unit classes, or a named break,"
                        + " and its accuracy (%s of the limit)",
                    judged.stream().filter(a -> a.verdict() == Verdict.AGREES).count(),
                    libraries.size(),
                    Percent.of(share)));
  }

  private Optional<String> wide() {
    List<Integer> widths =
        results.stream()
            .filter(
                result ->
                    result.outcomes().stream()
                        .flatMap(outcome -> outcome.agreements().stream())
                        .anyMatch(a -> a.tier() == Tier.SAMPLE && a.verdict() == Verdict.AGREES))
            .map(result -> result.cell().width())
            .distinct()
            .sorted()
            .toList();
    return shares(Tier.SAMPLE)
        .filter(_ -> !widths.isEmpty())
        .map(
            share ->
                String.format(
                    Locale.ROOT,
                    "elements of every product recomputed on the CPU at widths %s: exact ones to"
                        + " the bit, libraries' within %s of the bound",
                    widths.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                    Percent.of(share)));
  }

  private Optional<String> quotient() {
    return shares(Tier.QUOTIENT)
        .map(
            share ->
                String.format(
                    Locale.ROOT,
                    "loss and gradients are those of the network with one unit a layer (%s of the"
                        + " rounding bound)",
                    Percent.of(share)));
  }

  private Optional<String> randomUnits() {
    List<CellResult> random =
        results.stream().filter(r -> r.random() && !r.outcomes().isEmpty()).toList();
    if (random.isEmpty()) {
      return Optional.empty();
    }
    CellResult widest = widest(random);
    Outcome shown = full(widest);
    String claim =
        String.format(
            Locale.ROOT,
            "%d of %d unit classes by step 1, spread %.3g -> %.3g",
            classes(random),
            units(random),
            shown.atFirst().relativeSpread(),
            shown.atLast().relativeSpread());
    return Optional.of(withAccuracy(claim, widest));
  }

  /** What noise made of units that started equal. */
  private Optional<String> unitNoise() {
    List<CellResult> noisy =
        results.stream()
            .filter(r -> r.scenario().noiseSetsApart() && !r.outcomes().isEmpty())
            .toList();
    if (noisy.isEmpty()) {
      return Optional.empty();
    }
    CellResult widest = widest(noisy);
    String claim =
        String.format(
            Locale.ROOT,
            "%d unit classes by step 1 of %d units that started equal",
            classes(noisy),
            units(noisy));
    return Optional.of(withAccuracy(claim, widest));
  }

  /** A claim about several networks, and how well one of them classifies. */
  private static String withAccuracy(String claim, CellResult of) {
    return claim + "; test accuracy " + percent(accuracy(of)) + " in " + of.cell().name();
  }

  /** Unit classes after the first step, in all networks together. */
  private static long classes(List<CellResult> some) {
    return some.stream().mapToLong(r -> full(r).atFirst().classes()).sum();
  }

  private static long units(List<CellResult> some) {
    return some.stream().mapToLong(r -> full(r).atFirst().units()).sum();
  }

  /** The outcome that ran the most steps, the first of equals. */
  private static Outcome full(CellResult result) {
    return result.outcomes().stream().max(Comparator.comparingInt(Outcome::steps)).orElseThrow();
  }

  private static double accuracy(CellResult result) {
    return full(result).evaluation().accuracy();
  }

  private static CellResult widest(List<CellResult> some) {
    return some.stream().max(WIDER).orElseThrow();
  }

  private static String backends(long count) {
    return count == 1 ? "backend" : "backends";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  private Optional<Double> shares(Tier tier) {
    return results.stream()
        .flatMap(result -> result.outcomes().stream())
        .flatMap(outcome -> outcome.agreements().stream())
        .filter(agreement -> agreement.tier() == tier)
        .map(Agreement::share)
        .max(Comparator.naturalOrder());
  }
}
