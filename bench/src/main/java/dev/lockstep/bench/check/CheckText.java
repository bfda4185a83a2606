package dev.lockstep.bench.check;

import dev.lockstep.agreement.Percent;
import dev.lockstep.agreement.Tier;
import dev.lockstep.backend.Kind;
import dev.lockstep.bench.cells.Agreement;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.ExactData;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.LockstepState;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.cells.Spread;
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
public record CheckText(CheckReport report) {

  /** Orders cells by width, those of one width by batch. */
  static final Comparator<CellResult> WIDER =
      Comparator.<CellResult>comparingLong(r -> r.cell().width())
          .thenComparing(r -> r.cell().batch());

  private static final int INDENT = 2;

  public void print(Printer out) {
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
    print(out, counted(findings.size(), "finding") + ":", findings);
    print(out, "not run:", report.notRun());
    print(out, counted(faults.size(), "fault") + ":", faults);
  }

  private static String counted(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
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
        "zero weights",
        ofBackends(
            report.zeroStart(),
            "with tanh and ReLU only the output bias learns, with sigmoid one more layer in each"
                + " step, on %s"));
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

  /** A claim with the largest share of its bound or limit that a tier used; empty if none did. */
  private String ofShare(Tier tier, String claim) {
    return agreements(report.outcomes(), tier)
        .map(Agreement::share)
        .max(Comparator.naturalOrder())
        .map(share -> text(claim, Percent.of(share)))
        .orElse("");
  }

  private static Stream<Agreement> agreements(Stream<Outcome> outcomes, Tier tier) {
    return outcomes.flatMap(o -> o.agreements().stream()).filter(a -> a.tier() == tier);
  }

  /** A claim with the number of backends that agree; empty if none does. */
  private static String ofBackends(Experiment<?> experiment, String claim) {
    long agreeing = experiment.outcomes().stream().filter(Experiment.Shown::agrees).count();
    return agreeing == 0 ? "" : text(claim, counted(agreeing, "backend"));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** The verdict in words, and what it says nothing about. */
  public String verdict() {
    String cells = counted(report.results().size(), "scenario");
    String scenarios = "(" + cells + ", " + counted(report.steps(), "step") + ")";
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
    int all = report.results().size() + (report.zeroStart().outcomes().isEmpty() ? 0 : 1);
    String also =
        report.faults().isEmpty() ? "" : "; the faults above say what else could not be decided";
    return notShown == 0
        ? "The faults above say what could not be decided."
        : text("On these data %d of %d experiments show nothing%s.", notShown, all, also);
  }

  private String agreement(String scenarios) {
    if (report.results().isEmpty()) {
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

  private String equalUnits() {
    List<CellResult> equal = thatRan(CellResult::equal);
    long held = equal.stream().filter(CheckText::heldWhereOwed).count();
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

  /** On every backend that owes it; what libraries broke are findings. */
  private static boolean heldWhereOwed(CellResult result) {
    return result.outcomes().stream()
        .filter(outcome -> outcome.finding().isEmpty())
        .allMatch(outcome -> outcome.lockstep() instanceof LockstepState.Held);
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
    List<CellResult> random = thatRan(CellResult::random);
    String spread =
        widest(random)
            .map(CheckText::full)
            .map(
                o ->
                    text("%.3g -> %.3g", o.atFirst().relativeSpread(), o.atLast().relativeSpread()))
            .orElse("");
    long classes = atFirst(random, Spread::classes);
    long units = atFirst(random, Spread::units);
    return withAccuracy(
        text("%d of %d unit classes by step 1, spread %s", classes, units, spread), random);
  }

  /** What noise made of units that started equal. */
  private String unitNoise() {
    List<CellResult> noisy = thatRan(result -> result.scenario().noiseSetsApart());
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

  /** A claim about several networks, and how well the widest classifies; empty if none ran. */
  private static String withAccuracy(String claim, List<CellResult> some) {
    return widest(some)
        .map(
            widest ->
                text(
                    "%s; test accuracy %s%s in %s",
                    claim,
                    percent(full(widest).evaluation().accuracy()),
                    Optional.ofNullable(widest.narrowAccuracy())
                        .map(narrow -> text(" (one unit: %s)", percent(narrow)))
                        .orElse(""),
                    widest.cell().name()))
        .orElse("");
  }

  /** Of the units after the first step, in all networks together. */
  private static long atFirst(List<CellResult> some, ToLongFunction<Spread> number) {
    return some.stream().mapToLong(r -> number.applyAsLong(full(r).atFirst())).sum();
  }

  /** The outcome that ran the most steps, the first of equals. */
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
