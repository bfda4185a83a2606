package dev.lockstep.bench.check;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Kind;
import dev.lockstep.bench.Candidate;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * All results of a check, and what they come to.
 *
 * @param results one a cell
 * @param chosen the backends asked for, those that cannot run included
 * @param named whether they were asked for by name, so that one that cannot run is a fault
 * @param steps of each cell
 * @param command the command that repeats one cell
 */
record CheckReport(
    List<CellResult> results, List<Candidate> chosen, boolean named, int steps, Command command) {

  /** Writes the command line that repeats a cell. */
  interface Command {
    String repeating(Cell cell);
  }

  /** Faults in what was run; backends that were not asked for by name may be missing. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    for (CellResult result : results) {
      for (Outcome outcome : result.outcomes()) {
        outcome
            .complaint()
            .ifPresent(
                complaint ->
                    faults.add(
                        "%s on %s: %s%n    repeat with: %s"
                            .formatted(
                                outcome.backend(),
                                result.cell().name(),
                                complaint,
                                command.repeating(result.cell()))));
      }
    }
    if (named) {
      for (Candidate backend : chosen) {
        backend
            .verdict()
            .ifPresent(reason -> faults.add(backend.name() + " was asked for: " + reason));
      }
    }
    if (results.stream().allMatch(result -> result.outcomes().isEmpty())) {
      faults.add("no backend could run");
    }
    return faults;
  }

  int exitCode() {
    return faults().isEmpty() ? 0 : 1;
  }

  void print(PrintStream out) {
    out.println(answer());
    equalLine().ifPresent(out::println);
    quotientLine().ifPresent(out::println);
    randomLine().ifPresent(out::println);
    out.printf(
        "  %-8s %-8s %-36s %-24s %-20s %s%n",
        "backend",
        "kind",
        "lockstep (equal)",
        "divergence (random)",
        "against " + reference(),
        "time");
    for (Candidate backend : chosen) {
      out.println(row(backend).stripTrailing());
    }
    List<String> faults = faults();
    if (!faults.isEmpty()) {
      out.printf("%d %s:%n", faults.size(), faults.size() == 1 ? "fault" : "faults");
      faults.forEach(fault -> out.println("  " + fault));
    }
  }

  private String answer() {
    List<String> exact =
        chosen.stream()
            .filter(backend -> backend.kind() == Kind.EXACT && backend.available())
            .map(Candidate::name)
            .toList();
    String scenarios =
        "(%d %s, %d steps)"
            .formatted(results.size(), results.size() == 1 ? "scenario" : "scenarios", steps);
    String verdict;
    if (verdict() == Verdict.AGREES) {
      verdict =
          exact.size() < 2
              ? "Every comparison agrees " + scenarios + "; nothing was compared bit for bit."
              : exact.size() + " exact backends agree bit for bit " + scenarios + ".";
    } else if (verdict() == Verdict.DIFFERS) {
      verdict = "DIFFERS " + scenarios + ": see the faults below.";
    } else if (verdict() == Verdict.INCONCLUSIVE) {
      verdict = "INCONCLUSIVE " + scenarios + ": see the faults below.";
    } else {
      verdict = "INCOMPLETE " + scenarios + ": a backend asked for could not run.";
    }
    String missing =
        chosen.stream()
            .filter(backend -> backend.name().startsWith("cu"))
            .flatMap(backend -> backend.reason().stream())
            .findFirst()
            .map(reason -> " CUDA NOT TESTED: " + reason + ".")
            .orElse("");
    return verdict + missing;
  }

  /**
   * The gravest verdict of all outcomes; UNAVAILABLE if they agree and something asked for could
   * not run.
   */
  Verdict verdict() {
    Verdict gravest =
        CellRun.gravest(results.stream().flatMap(result -> result.outcomes().stream()).toList());
    return gravest == Verdict.AGREES && !faults().isEmpty() ? Verdict.UNAVAILABLE : gravest;
  }

  private Optional<String> equalLine() {
    List<CellResult> equal = results.stream().filter(CellResult::equal).toList();
    if (equal.isEmpty() || equal.stream().allMatch(r -> r.outcomes().isEmpty())) {
      return Optional.empty();
    }
    long held =
        equal.stream()
            .filter(
                r ->
                    r.outcomes().stream().allMatch(o -> o.lockstep() instanceof LockstepState.Held))
            .count();
    String claim =
        held == equal.size()
            ? "lockstep held in every layer of every scenario"
            : "lockstep held in %d of %d scenarios".formatted(held, equal.size());
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

  private Optional<String> quotientLine() {
    return shares(Tier.QUOTIENT)
        .map(
            share ->
                String.format(
                    Locale.ROOT,
                    "quotient:     loss and gradients are those of the network with one unit a"
                        + " layer (%.2g%% of the rounding bound)",
                    100 * share));
  }

  private Optional<String> randomLine() {
    List<CellResult> random =
        results.stream().filter(r -> !r.equal() && !r.outcomes().isEmpty()).toList();
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

  /** The outcome that ran the most steps, the first of equals. */
  private static Outcome full(CellResult result) {
    return result.outcomes().stream().max(Comparator.comparingInt(Outcome::steps)).orElseThrow();
  }

  private static double accuracy(CellResult result) {
    return full(result).evaluation().accuracy();
  }

  private static CellResult widest(List<CellResult> some) {
    return some.stream()
        .max(
            Comparator.<CellResult>comparingLong(r -> r.cell().width())
                .thenComparing(r -> r.cell().batch()))
        .orElseThrow();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  private String reference() {
    return chosen.stream()
        .filter(backend -> backend.kind() == Kind.EXACT && backend.available())
        .map(Candidate::name)
        .findFirst()
        .orElse("-");
  }

  private Optional<Double> shares(Tier tier) {
    return results.stream()
        .flatMap(result -> result.outcomes().stream())
        .flatMap(outcome -> outcome.agreements().stream())
        .filter(agreement -> agreement.tier() == tier)
        .map(Agreement::share)
        .max(Comparator.naturalOrder());
  }

  private String row(Candidate backend) {
    String name = "  %-8s %-8s ".formatted(backend.name(), backend.kind().label());
    if (!backend.available()) {
      return name + backend.verdict().orElseThrow();
    }
    List<Outcome> mine =
        results.stream()
            .flatMap(result -> result.outcomes().stream())
            .filter(outcome -> outcome.backend().equals(backend.name()))
            .toList();
    double seconds = mine.stream().mapToDouble(Outcome::seconds).sum();
    return name
        + "%-36s %-24s %-20s %.1f s"
            .formatted(lockstep(mine), divergence(backend), against(backend, mine), seconds);
  }

  private String lockstep(List<Outcome> mine) {
    List<Outcome> asked =
        mine.stream().filter(o -> !(o.lockstep() instanceof LockstepState.NotAsked)).toList();
    Optional<Outcome> broken =
        asked.stream().filter(o -> o.lockstep() instanceof LockstepState.Broken).findFirst();
    Optional<Outcome> still =
        asked.stream().filter(o -> o.lockstep() instanceof LockstepState.DidNotMove).findFirst();
    if (asked.isEmpty()) {
      return "-";
    }
    if (broken.isPresent()) {
      return "BROKEN";
    }
    if (still.isPresent()) {
      return "INCONCLUSIVE (did not move)";
    }
    int least = asked.stream().mapToInt(Outcome::steps).min().orElse(0);
    return "HELD  " + steps + " steps" + (least < steps ? " (" + least + " in large ones)" : "");
  }

  private String divergence(Candidate backend) {
    List<CellResult> random = results.stream().filter(r -> !r.equal()).toList();
    if (random.isEmpty()) {
      return "-";
    }
    return widest(random).outcomes().stream()
        .filter(outcome -> outcome.backend().equals(backend.name()))
        .findFirst()
        .map(o -> o.atLast().classes() + " of " + o.atLast().units() + " classes")
        .orElse("-");
  }

  private String against(Candidate backend, List<Outcome> mine) {
    if (backend.name().equals(reference())) {
      return "-";
    }
    return mine.stream()
        .flatMap(outcome -> outcome.agreements().stream())
        .filter(agreement -> agreement.tier() != Tier.QUOTIENT)
        .max(
            Comparator.<Agreement>comparingInt(a -> a.verdict() == Verdict.AGREES ? 0 : 1)
                .thenComparingDouble(Agreement::share))
        .map(Agreement::label)
        .orElse("-");
  }
}
