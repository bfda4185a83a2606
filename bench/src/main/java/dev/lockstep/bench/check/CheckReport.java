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
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
public record CheckReport(
    List<CellResult> results,
    Experiment<ExactData.Result> exactData,
    Experiment<ZeroStart.Result> zeroStart,
    DataAdvice advice,
    List<Candidate> chosen,
    boolean named,
    int steps,
    Instant started,
    Function<Cell, String> command) {

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

    /** All of it, as files have it. */
    @Override
    public String toString() {
      return Stream.of(Stream.of(sentence), evidence.stream(), Stream.of(more))
          .flatMap(lines -> lines)
          .filter(line -> !line.isEmpty())
          .collect(Collectors.joining("\n    "));
    }
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
    addComplaints(faults, exactData, "on exact data");
    addComplaints(faults, zeroStart, "with zero weights");
    besidesCells()
        .filter(Interruption::failed)
        .forEach(i -> faults.add(new Remark(i.backend() + ": " + i, i.evidence(), "")));
    for (CellResult result : results) {
      complaints(result)
          .forEach(
              (complaint, backends) ->
                  faults.add(fault(String.join(", ", backends), result, complaint, List.of())));
      result.interruptions().stream()
          .filter(Interruption::failed)
          .forEach(i -> faults.add(fault(i.backend(), result, i.toString(), i.evidence())));
    }
    faults.addAll(notRun(this::isOwed));
    for (Candidate backend : chosen) {
      if (named || backend.backend().placement() == Placement.PROCESS) {
        backend
            .verdict()
            .ifPresent(
                why -> faults.add(new Remark(backend.name() + " was asked for: " + why, "")));
      }
    }
    if (chosen.stream().noneMatch(Candidate::available)) {
      faults.add(new Remark("no backend could run", ""));
    }
    return faults;
  }

  private void addComplaints(List<Remark> faults, Experiment<?> experiment, String where) {
    experiment.outcomes().stream()
        .filter(shown -> !shown.agrees() && !explained(shown.verdict()))
        .map(shown -> shown.backend() + " " + where + ": " + shown.reason())
        .forEach(sentence -> faults.add(new Remark(sentence, "")));
  }

  /** Whether a verdict needs no fault beside the advice. */
  private boolean explained(Verdict verdict) {
    return verdict == Verdict.INCONCLUSIVE && advice.explains();
  }

  /** What is to be said of a cell, and the backends of which it is. */
  private Map<String, List<String>> complaints(CellResult result) {
    Map<String, List<String>> backends = new LinkedHashMap<>();
    for (Outcome outcome : result.outcomes()) {
      outcome
          .complaint()
          .filter(_ -> !explained(outcome.verdict()))
          .ifPresent(
              complaint ->
                  backends
                      .computeIfAbsent(complaint, _ -> new ArrayList<>())
                      .add(outcome.backend()));
    }
    return backends;
  }

  /** What shows nothing for a reason that the advice gives. */
  List<String> notShown() {
    if (!advice.explains()) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    if (zeroStart.outcomes().stream().anyMatch(r -> r.verdict() == Verdict.INCONCLUSIVE)) {
      names.add("zero-weights");
    }
    results.stream()
        .filter(r -> r.outcomes().stream().anyMatch(o -> o.verdict() == Verdict.INCONCLUSIVE))
        .forEach(result -> names.add(result.cell().name()));
    return names;
  }

  private Remark fault(String backend, CellResult result, String complaint, List<String> evidence) {
    return new Remark(
        backend + " on " + result.cell().name() + ": " + complaint,
        evidence,
        "repeat with: " + command.apply(result.cell()));
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
        Outcome first = outcome(broken.getFirst(), backend).orElseThrow();
        findings.add(
            new Remark(
                backend.name() + ": " + first.finding().orElseThrow(),
                where(broken, equal + " scenarios of equal units")));
      }
      results.stream()
          .filter(result -> outcome(result, backend).flatMap(Outcome::splitFinding).isPresent())
          .findFirst()
          .ifPresent(result -> findings.add(split(backend, result)));
    }
    return findings;
  }

  private static Remark split(Candidate backend, CellResult result) {
    String split = outcome(result, backend).flatMap(Outcome::splitFinding).orElseThrow();
    return new Remark(backend.name() + " on " + result.cell().name() + ": " + split, "");
  }

  private static String where(List<CellResult> some, String all) {
    return "in " + some.size() + " of " + all + ", first in " + some.getFirst().cell().name();
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
            || outcomes().noneMatch(o -> o.backend().equals(interruption.backend())));
  }

  /** What was not run, a line for each backend and reason. */
  private List<Remark> notRun(Predicate<Interruption> wanted) {
    Predicate<Interruption> left = i -> !i.failed() && wanted.test(i);
    List<Remark> lines = new ArrayList<>();
    besidesCells().filter(left).forEach(i -> lines.add(new Remark(i.backend() + ": " + i, "")));
    Map<String, List<CellResult>> cells = new LinkedHashMap<>();
    for (CellResult result : results) {
      result.interruptions().stream()
          .filter(left)
          .map(i -> i.backend() + ": " + i)
          .forEach(why -> cells.computeIfAbsent(why, _ -> new ArrayList<>()).add(result));
    }
    cells.forEach(
        (why, some) -> lines.add(new Remark(why, where(some, results.size() + " scenarios"))));
    return lines;
  }

  /** What a backend did in a cell, if it ran it to the end. */
  static Optional<Outcome> outcome(CellResult result, Candidate backend) {
    return result.outcomes().stream().filter(o -> o.backend().equals(backend.name())).findFirst();
  }

  /** What backends did in all cells. */
  Stream<Outcome> outcomes() {
    return results.stream().flatMap(result -> result.outcomes().stream());
  }

  public int exitCode() {
    return faults().isEmpty() && notShown().isEmpty() ? 0 : 1;
  }

  /**
   * The gravest verdict of all that was run; UNAVAILABLE if all agree and something asked for could
   * not run.
   */
  Verdict verdict() {
    List<Verdict> verdicts =
        Stream.of(
                exactData.outcomes().stream().map(Experiment.Shown::verdict),
                zeroStart.outcomes().stream().map(Experiment.Shown::verdict),
                outcomes().map(Outcome::verdict),
                Stream.concat(
                        besidesCells(), results.stream().flatMap(r -> r.interruptions().stream()))
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
        .filter(backend -> outcomes().anyMatch(o -> o.backend().equals(backend.name())))
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
