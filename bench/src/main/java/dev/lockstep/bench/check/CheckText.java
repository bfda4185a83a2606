package dev.lockstep.bench.check;

import dev.lockstep.agreement.Percent;
import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Kind;
import dev.lockstep.bench.Candidate;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A check's report for people: the answer first, then what it rests on, {@link CheckTable} last.
 */
final class CheckText {

  /** Orders cells by width, those of one width by batch. */
  static final Comparator<CellResult> WIDER =
      Comparator.<CellResult>comparingLong(r -> r.cell().width())
          .thenComparing(r -> r.cell().batch());

  private final CheckReport report;
  private final List<CellResult> results;

  CheckText(CheckReport report) {
    this.report = report;
    results = report.results();
  }

  void print(PrintStream out) {
    out.println(answer());
    report.advice().sentence().map(advice -> "data:         " + advice).ifPresent(out::println);
    equalLine().ifPresent(out::println);
    quotientLine().ifPresent(out::println);
    exactDataLine().ifPresent(out::println);
    zeroLine().ifPresent(out::println);
    verdictsLine().ifPresent(out::println);
    sampleLine().ifPresent(out::println);
    noiseLine().ifPresent(out::println);
    randomLine().ifPresent(out::println);
    new CheckTable(report).lines().forEach(out::println);
    print(out, "finding", "findings", report.findings());
    print(out, "scenario not run", "scenarios not run", report.notRun());
    print(out, "fault", "faults", report.faults());
  }

  private static void print(PrintStream out, String one, String many, List<String> lines) {
    if (!lines.isEmpty()) {
      out.printf("%d %s:%n", lines.size(), lines.size() == 1 ? one : many);
      lines.forEach(line -> out.println("  " + line));
    }
  }

  private String answer() {
    int steps = report.steps();
    String scenarios =
        "(%d %s, %d steps)"
            .formatted(results.size(), results.size() == 1 ? "scenario" : "scenarios", steps);
    return verdict(scenarios) + cuda();
  }

  private String verdict(String scenarios) {
    return switch (report.verdict()) {
      case AGREES -> agreement(scenarios);
      case DIFFERS -> "DIFFERS " + scenarios + ": see the faults below.";
      case FAILED -> "FAILED " + scenarios + ": a backend broke down, see the faults below.";
      case INCONCLUSIVE -> "INCONCLUSIVE " + scenarios + inconclusive();
      case UNAVAILABLE, UNSUPPORTED ->
          "INCOMPLETE " + scenarios + ": a backend asked for could not run.";
    };
  }

  private String inconclusive() {
    int notShown = report.notShown().size();
    return notShown == 0
        ? ": see the faults below."
        : ": on these data %d of %d experiments show nothing%s."
            .formatted(
                notShown,
                results.size() + (report.zeroStart().results().isEmpty() ? 0 : 1),
                report.faults().isEmpty() ? "" : "; see also the faults below");
  }

  private String agreement(String scenarios) {
    if (results.isEmpty()) {
      return "No scenario was run " + scenarios + ".";
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
        : "%d exact backends agree bit for bit%s %s.".formatted(exact, also, scenarios);
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
        .map(entry -> " NOT TESTED: %s (%s).".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining());
  }

  /** The reason of each backend on CUDA that cannot run, by name. */
  private Map<String, String> missing() {
    Map<String, String> reasons = new LinkedHashMap<>();
    for (Candidate backend : report.chosen()) {
      if (backend.usesCuda()) {
        backend.reason().ifPresent(reason -> reasons.put(backend.name(), reason));
      }
    }
    return reasons;
  }

  private Optional<String> equalLine() {
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
            ? "lockstep held in %d of %d scenarios".formatted(held, equal.size())
            : brokenElsewhere
                ? "lockstep held in every layer on every exact backend"
                : "lockstep held in every layer of every scenario";
    CellResult widest = widest(equal);
    Double narrow = widest.narrowAccuracy();
    return Optional.of(
        "equal units:  %-56s test accuracy %s%s   [%s]"
            .formatted(
                claim,
                percent(accuracy(widest)),
                narrow == null ? "" : "   (one unit: " + percent(narrow) + ")",
                widest.cell().name()));
  }

  /** On every backend that owes it; what libraries broke are findings. */
  private static boolean heldWhereOwed(CellResult result) {
    return result.outcomes().stream()
        .filter(outcome -> outcome.finding().isEmpty())
        .allMatch(outcome -> outcome.lockstep() instanceof LockstepState.Held);
  }

  private Optional<String> exactDataLine() {
    long equal =
        report.exactData().results().stream()
            .filter(result -> result.agreement().verdict() == Verdict.AGREES)
            .count();
    return equal == 0
        ? Optional.empty()
        : Optional.of(
            "exact data:   %d products of coarse operands have the exact bits on %d backends, in whatever order they add"
                .formatted(ExactData.PRODUCTS, equal));
  }

  private Optional<String> zeroLine() {
    long equal =
        report.zeroStart().results().stream()
            .filter(result -> result.verdict() == Verdict.AGREES)
            .count();
    return equal == 0
        ? Optional.empty()
        : Optional.of(
            "zero weights: with tanh and ReLU only the output bias learns, with sigmoid a layer more a step, on %d backends"
                .formatted(equal));
  }

  private Optional<String> verdictsLine() {
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
                    "verdicts:     %d of %d runs of libraries have an exact backend's unit classes,"
                        + " or a named break, and its accuracy (%s of the limit)",
                    judged.stream().filter(a -> a.verdict() == Verdict.AGREES).count(),
                    libraries.size(),
                    Percent.of(share)));
  }

  private Optional<String> sampleLine() {
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
                    "wide:         elements of every product recomputed on the CPU, at widths %s:"
                        + " exact ones to the bit, libraries' within %s of the bound",
                    widths.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                    Percent.of(share)));
  }

  private Optional<String> quotientLine() {
    return shares(Tier.QUOTIENT)
        .map(
            share ->
                String.format(
                    Locale.ROOT,
                    "quotient:     loss and gradients are those of the network with one unit a"
                        + " layer (%s of the rounding bound)",
                    Percent.of(share)));
  }

  private Optional<String> randomLine() {
    List<CellResult> random =
        results.stream().filter(r -> r.random() && !r.outcomes().isEmpty()).toList();
    if (random.isEmpty()) {
      return Optional.empty();
    }
    long classes = random.stream().mapToLong(r -> full(r).atFirst().classes()).sum();
    long units = random.stream().mapToLong(r -> full(r).atFirst().units()).sum();
    CellResult widest = widest(random);
    Outcome shown = full(widest);
    String claim =
        String.format(
            Locale.ROOT,
            "%d of %d unit classes by step 1; spread %.3g -> %.3g",
            classes,
            units,
            shown.atFirst().relativeSpread(),
            shown.atLast().relativeSpread());
    return Optional.of(
        "random units: %-56s test accuracy %s   [%s]"
            .formatted(claim, percent(accuracy(widest)), widest.cell().name()));
  }

  /** What noise made of units that started equal. */
  private Optional<String> noiseLine() {
    List<CellResult> noisy =
        results.stream()
            .filter(r -> r.scenario().noiseSetsApart() && !r.outcomes().isEmpty())
            .toList();
    if (noisy.isEmpty()) {
      return Optional.empty();
    }
    long classes = noisy.stream().mapToLong(r -> full(r).atFirst().classes()).sum();
    long units = noisy.stream().mapToLong(r -> full(r).atFirst().units()).sum();
    CellResult widest = widest(noisy);
    String claim =
        "%d unit classes by step 1 of %d units that started equal".formatted(classes, units);
    return Optional.of(
        "unit noise:   %-56s test accuracy %s   [%s]"
            .formatted(claim, percent(accuracy(widest)), widest.cell().name()));
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
