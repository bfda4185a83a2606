package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Kind;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Terminal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All results of a check, and what they come to. {@link CheckText}, {@link CheckJson} and {@link
 * CheckJunit} write it.
 *
 * @param results one a cell
 * @param exactData products that every backend owes to the bit
 * @param zeroStart what learns from zero weights
 * @param advice what to say of the data, which explains what shows nothing
 * @param chosen the backends asked for, those that cannot run included
 * @param named whether they were asked for by name, so that one that cannot run is a fault
 * @param steps of each cell
 * @param started when the check began
 * @param command the command that repeats one cell
 */
record CheckReport(
    List<CellResult> results,
    ExactData exactData,
    ZeroStart zeroStart,
    DataAdvice advice,
    List<Candidate> chosen,
    boolean named,
    int steps,
    Instant started,
    Command command) {

  /**
   * Something that is told beneath the table.
   *
   * @param sentence what it is
   * @param more where, or how to see it again; empty if there is no more to tell
   */
  record Remark(String sentence, List<String> evidence, String more) {
    Remark {
      evidence = List.copyOf(evidence);
    }

    private Remark(String sentence, String more) {
      this(sentence, List.of(), more);
    }

    private static Remark of(String format, Object... values) {
      return new Remark(String.format(Locale.ROOT, format, values), "");
    }

    /** All of it, as files have it. */
    @Override
    public String toString() {
      return Stream.of(Stream.of(sentence), evidence.stream(), Stream.of(more))
          .flatMap(lines -> lines)
          .filter(line -> !line.isEmpty())
          .collect(Collectors.joining("\n    "));
    }
  }

  /** Writes the command line that repeats a cell. */
  interface Command {
    String repeating(Cell cell);
  }

  /** What of CUDA was tested. */
  enum Cuda {
    /** No backend on CUDA was asked for. */
    NOT_ASKED,
    /** None could run. */
    NOT_TESTED,
    /** On a program that runs the kernels on the CPU. */
    EMULATED,
    /** On a GPU. */
    TESTED
  }

  Cuda cuda() {
    List<Candidate> asked = chosen.stream().filter(Candidate::onDevice).toList();
    if (asked.isEmpty()) {
      return Cuda.NOT_ASKED;
    }
    if (asked.stream().noneMatch(Candidate::available)) {
      return Cuda.NOT_TESTED;
    }
    return asked.stream().anyMatch(backend -> backend.hardware() == Hardware.EMULATED)
        ? Cuda.EMULATED
        : Cuda.TESTED;
  }

  /**
   * Faults in what was run, a backend that failed among them; backends that were not asked for by
   * name may be missing, and what shows nothing is none where the data explain it.
   */
  List<Remark> faults() {
    List<Remark> faults = new ArrayList<>();
    for (ExactData.Result result : exactData.results()) {
      if (result.agreement().verdict() != Verdict.AGREES) {
        faults.add(
            Remark.of("%s on exact data: %s", result.backend(), result.agreement().reason()));
      }
    }
    for (ZeroStart.Result result : zeroStart.results()) {
      if (result.verdict() != Verdict.AGREES && !explained(result.verdict())) {
        faults.add(Remark.of("%s with zero weights: %s", result.backend(), result.reason()));
      }
    }
    besidesCells()
        .filter(Interruption::failed)
        .forEach(
            interruption ->
                faults.add(
                    new Remark(
                        interruption.backend() + ": " + interruption,
                        interruption.evidence(),
                        "")));
    for (CellResult result : results) {
      complaints(result)
          .forEach(
              (complaint, backends) ->
                  faults.add(fault(String.join(", ", backends), result, complaint)));
      for (Interruption interruption : result.interruptions()) {
        if (interruption.failed()) {
          Remark fault = fault(interruption.backend(), result, interruption.toString());
          faults.add(new Remark(fault.sentence(), interruption.evidence(), fault.more()));
        }
      }
    }
    faults.addAll(notRun(this::isOwed));
    for (Candidate backend : chosen) {
      if (named || backend.backend().placement() == Placement.PROCESS) {
        backend
            .verdict()
            .ifPresent(
                reason -> faults.add(Remark.of("%s was asked for: %s", backend.name(), reason)));
      }
    }
    if (chosen.stream().noneMatch(Candidate::available)) {
      faults.add(Remark.of("no backend could run"));
    }
    return faults;
  }

  /** Whether a verdict needs no fault beside the advice. */
  private boolean explained(Verdict verdict) {
    return verdict == Verdict.INCONCLUSIVE && advice.explains();
  }

  /** What is to be said of a cell, and the backends of which it is. */
  private Map<String, List<String>> complaints(CellResult result) {
    Map<String, List<String>> backends = new LinkedHashMap<>();
    for (Outcome outcome : result.outcomes()) {
      if (!explained(outcome.verdict())) {
        outcome
            .complaint()
            .ifPresent(
                complaint ->
                    backends
                        .computeIfAbsent(complaint, _ -> new ArrayList<>())
                        .add(outcome.backend()));
      }
    }
    return backends;
  }

  /** What shows nothing for a reason that the advice gives. */
  List<String> notShown() {
    if (!advice.explains()) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    if (zeroStart.results().stream().anyMatch(r -> r.verdict() == Verdict.INCONCLUSIVE)) {
      names.add("zero-weights");
    }
    results.stream()
        .filter(r -> r.outcomes().stream().anyMatch(o -> o.verdict() == Verdict.INCONCLUSIVE))
        .forEach(result -> names.add(result.cell().name()));
    return names;
  }

  private Remark fault(String backend, CellResult result, String complaint) {
    return new Remark(
        backend + " on " + result.cell().name() + ": " + complaint,
        "repeat with: " + command.repeating(result.cell()));
  }

  /** What is worth knowing and no fault: libraries that set units apart. */
  List<Remark> findings() {
    List<Remark> findings = new ArrayList<>();
    long equal = results.stream().filter(CellResult::equal).count();
    for (Candidate backend : chosen) {
      List<CellResult> broken =
          results.stream()
              .filter(result -> outcome(result, backend).flatMap(Outcome::finding).isPresent())
              .toList();
      if (!broken.isEmpty()) {
        findings.add(
            new Remark(
                backend.name()
                    + ": "
                    + outcome(broken.getFirst(), backend).flatMap(Outcome::finding).orElseThrow(),
                String.format(
                    Locale.ROOT,
                    "in %d of %d scenarios of equal units, first in %s",
                    broken.size(),
                    equal,
                    broken.getFirst().cell().name())));
      }
      results.stream()
          .flatMap(result -> split(backend, result).stream())
          .findFirst()
          .ifPresent(findings::add);
    }
    return findings;
  }

  private static Optional<Remark> split(Candidate backend, CellResult result) {
    return outcome(result, backend)
        .map(Outcome::split)
        .map(
            split ->
                Remark.of(
                    "%s on %s: UNIT CLASSES SPLIT (library order) %s",
                    backend.name(), result.cell().name(), split));
  }

  /** What a backend could not run, though nobody may expect it to. */
  List<Remark> notRun() {
    return notRun(interruption -> !isOwed(interruption));
  }

  private Stream<Interruption> besidesCells() {
    return Stream.concat(exactData.interruptions().stream(), zeroStart.interruptions().stream());
  }

  /**
   * Whether a backend that was asked for by name had to run what it did not: where something is
   * missing on this machine, or the backend supports nothing of what was asked.
   */
  boolean isOwed(Interruption interruption) {
    return named
        && (interruption.verdict() != Verdict.UNSUPPORTED
            || results.stream()
                .flatMap(result -> result.outcomes().stream())
                .noneMatch(outcome -> outcome.backend().equals(interruption.backend())));
  }

  /** What was not run, a line for each backend and reason. */
  private List<Remark> notRun(Predicate<Interruption> wanted) {
    List<Remark> lines = new ArrayList<>();
    besidesCells()
        .filter(interruption -> !interruption.failed() && wanted.test(interruption))
        .forEach(
            interruption -> lines.add(Remark.of("%s: %s", interruption.backend(), interruption)));
    Map<String, List<CellResult>> cells = new LinkedHashMap<>();
    for (CellResult result : results) {
      for (Interruption interruption : result.interruptions()) {
        if (!interruption.failed() && wanted.test(interruption)) {
          cells
              .computeIfAbsent(interruption.backend() + ": " + interruption, _ -> new ArrayList<>())
              .add(result);
        }
      }
    }
    cells.forEach(
        (sentence, left) ->
            lines.add(
                new Remark(
                    sentence,
                    String.format(
                        Locale.ROOT,
                        "in %d of %d scenarios, first in %s",
                        left.size(),
                        results.size(),
                        left.getFirst().cell().name()))));
    return lines;
  }

  /** What a backend did in a cell, if it ran it to the end. */
  static Optional<Outcome> outcome(CellResult result, Candidate backend) {
    return result.outcomes().stream().filter(o -> o.backend().equals(backend.name())).findFirst();
  }

  int exitCode() {
    return faults().isEmpty() && notShown().isEmpty() ? 0 : 1;
  }

  /**
   * The gravest verdict of all that was run; UNAVAILABLE if all agree and something asked for could
   * not run.
   */
  Verdict verdict() {
    List<Verdict> verdicts =
        Stream.of(
                exactData.results().stream().map(result -> result.agreement().verdict()),
                exactData.interruptions().stream().map(Interruption::verdict),
                zeroStart.results().stream().map(ZeroStart.Result::verdict),
                zeroStart.interruptions().stream().map(Interruption::verdict),
                results.stream().flatMap(r -> r.outcomes().stream()).map(Outcome::verdict),
                results.stream()
                    .flatMap(r -> r.interruptions().stream())
                    .map(Interruption::verdict))
            .flatMap(some -> some)
            .toList();
    return Stream.of(Verdict.DIFFERS, Verdict.FAILED, Verdict.INCONCLUSIVE)
        .filter(verdicts::contains)
        .findFirst()
        .orElse(faults().isEmpty() ? Verdict.AGREES : Verdict.UNAVAILABLE);
  }

  /** The backends of a kind that ran a cell to its end. */
  List<Candidate> running(Kind kind) {
    return chosen.stream()
        .filter(backend -> backend.kind() == kind)
        .filter(backend -> results.stream().anyMatch(r -> outcome(r, backend).isPresent()))
        .toList();
  }

  /** As {@link CheckText} prints it where nobody says how wide. */
  List<String> lines() {
    return Printer.lines(
        Terminal.USUAL_COLUMNS, UnaryOperator.identity(), new CheckText(this)::print);
  }

  /** The exact backend that the others are compared with. */
  String reference() {
    return running(Kind.EXACT).stream().map(Candidate::name).findFirst().orElse("-");
  }
}
