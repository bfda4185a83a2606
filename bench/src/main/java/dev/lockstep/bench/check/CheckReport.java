package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Kind;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.ExactData;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.Interruption;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.cells.ZeroStart;
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
 * All results of a check with its faults, findings and verdict. {@link CheckText}, {@link
 * CheckJson} and {@link CheckJunit} write it.
 *
 * @param results one result for each cell
 * @param exactData products whose bits must be the same on every backend
 * @param zeroStart training from zero weights
 * @param advice advice on the data, which may explain INCONCLUSIVE verdicts
 * @param chosen the backends asked for, including those that cannot run
 * @param named whether they were asked for by name, which makes it a fault if one cannot run
 * @param steps number of steps of each cell that is not wide
 * @param started when the check began
 * @param command returns the command that repeats a cell
 */
public record CheckReport(
    List<CellResult> results,
    Experiment.Besides<ExactData.Result> exactData,
    Experiment.Besides<ZeroStart.Result> zeroStart,
    DataAdvice advice,
    List<Candidate> chosen,
    boolean named,
    int steps,
    Instant started,
    Function<Cell, String> command) {

  /**
   * A fault, a finding or something not run, reported below the table.
   *
   * @param sentence one sentence that states it
   * @param evidence output of the backend about it, line by line
   * @param more where it was seen or how to repeat it; empty if neither applies
   */
  record Remark(String sentence, List<String> evidence, String more) {
    Remark {
      evidence = List.copyOf(evidence);
    }

    private Remark(String sentence, String more) {
      this(sentence, List.of(), more);
    }

    /** Returns sentence, evidence and more as lines, for files. */
    @Override
    public String toString() {
      return Stream.of(Stream.of(sentence), evidence.stream(), Stream.of(more))
          .flatMap(lines -> lines)
          .filter(line -> !line.isEmpty())
          .collect(Collectors.joining("\n    "));
    }
  }

  /** How CUDA was tested. */
  enum Cuda {
    /** No backend on CUDA was asked for. */
    NOT_ASKED,
    /** Backends on CUDA were asked for and none could run. */
    NOT_TESTED,
    /** On an emulated device, which runs the kernels on the CPU. */
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
    if (asked.stream().anyMatch(backend -> backend.hardware() == Hardware.EMULATED)) {
      return Cuda.EMULATED;
    }
    return asked.stream().allMatch(backend -> !backend.available() || tookNoPart(backend))
        ? Cuda.NOT_TESTED
        : Cuda.TESTED;
  }

  /** Returns whether a backend could run, but was interrupted in everything that it began. */
  boolean tookNoPart(Candidate backend) {
    List<Experiment<?>> all = Stream.concat(besides(), results.stream()).toList();
    return all.stream()
            .flatMap(experiment -> experiment.interruptions().stream())
            .anyMatch(interruption -> interruption.backend().equals(backend.name()))
        && all.stream()
            .flatMap(experiment -> experiment.outcomes().stream())
            .noneMatch(shown -> shown.backend().equals(backend.name()));
  }

  /**
   * Returns the faults: verdicts other than AGREES, backends that failed, and backends that were
   * asked for by name and could not run. An INCONCLUSIVE verdict is no fault if the advice on the
   * data explains it.
   */
  List<Remark> faults() {
    List<Remark> faults = new ArrayList<>();
    addComplaints(faults, exactData, "on exact data");
    addComplaints(faults, zeroStart, "with zero weights");
    besides()
        .flatMap(experiment -> experiment.interruptions().stream())
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
      backend
          .verdict()
          .filter(_ -> isOwed(backend))
          .ifPresent(why -> faults.add(new Remark(backend.name() + " was asked for: " + why, "")));
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

  /** Returns whether the advice on the data explains a verdict, so that it is no fault. */
  private boolean explained(Verdict verdict) {
    return verdict == Verdict.INCONCLUSIVE && advice.explains();
  }

  /** Returns the complaints about a cell, each with the backends that it concerns. */
  private Map<String, List<String>> complaints(CellResult result) {
    return result.outcomes().stream()
        .filter(outcome -> !outcome.agrees() && !explained(outcome.verdict()))
        .collect(
            Collectors.groupingBy(
                Outcome::reason,
                LinkedHashMap::new,
                Collectors.mapping(Outcome::backend, Collectors.toList())));
  }

  /**
   * Returns the names of the experiments that show nothing for the reason that the advice gives.
   */
  List<String> notShown() {
    Map<String, Experiment<?>> all = new LinkedHashMap<>();
    all.put("zero-weights", zeroStart);
    results.forEach(result -> all.put(result.cell().name(), result));
    return all.entrySet().stream()
        .filter(e -> e.getValue().outcomes().stream().anyMatch(o -> explained(o.verdict())))
        .map(Map.Entry::getKey)
        .toList();
  }

  private Remark fault(String backend, CellResult result, String complaint, List<String> evidence) {
    return new Remark(
        backend + " on " + result.cell().name() + ": " + complaint,
        evidence,
        "repeat with: " + command.apply(result.cell()));
  }

  /** Returns the findings, which are no faults: libraries that separated equal units. */
  List<Remark> findings() {
    List<Remark> findings = new ArrayList<>();
    long equal = results.stream().filter(CellResult::equal).count();
    for (Candidate backend : chosen) {
      List<CellResult> broken = finding(backend, Outcome::finding);
      if (!broken.isEmpty()) {
        findings.add(
            new Remark(
                backend.name() + ": " + first(broken, backend, Outcome::finding),
                where(broken, equal + " scenarios of equal units")));
      }
      List<CellResult> split = finding(backend, Outcome::splitFinding);
      if (!split.isEmpty()) {
        String on = backend.name() + " on " + split.getFirst().cell().name() + ": ";
        findings.add(new Remark(on + first(split, backend, Outcome::splitFinding), ""));
      }
    }
    return findings;
  }

  private List<CellResult> finding(Candidate backend, Function<Outcome, Optional<String>> finding) {
    return results.stream()
        .filter(result -> result.outcome(backend).flatMap(finding).isPresent())
        .toList();
  }

  private static String first(
      List<CellResult> some, Candidate backend, Function<Outcome, Optional<String>> finding) {
    return some.getFirst().outcome(backend).flatMap(finding).orElseThrow();
  }

  private static String where(List<CellResult> some, String all) {
    return "in " + some.size() + " of " + all + ", first in " + some.getFirst().cell().name();
  }

  /** Returns what backends did not run and did not have to run. */
  List<Remark> notRun() {
    return notRun(interruption -> !isOwed(interruption));
  }

  private Stream<Experiment<?>> besides() {
    return Stream.of(exactData, zeroStart);
  }

  /**
   * Returns whether a backend must run because it was asked for by name or is a program of the
   * user.
   */
  boolean isOwed(Candidate backend) {
    return named || backend.backend().placement() == Placement.PROCESS;
  }

  /**
   * Returns whether an interruption is a fault: the backend was asked for by name, and either
   * something is missing on this machine or the backend supports none of the cells.
   */
  boolean isOwed(Interruption interruption) {
    return named
        && (interruption.verdict() != Verdict.UNSUPPORTED
            || outcomes().noneMatch(o -> o.backend().equals(interruption.backend())));
  }

  /** Returns what was not run, one line for each backend and reason. */
  private List<Remark> notRun(Predicate<Interruption> wanted) {
    Predicate<Interruption> left = i -> !i.failed() && wanted.test(i);
    List<Remark> lines = new ArrayList<>();
    besides()
        .flatMap(experiment -> experiment.interruptions().stream())
        .filter(left)
        .forEach(i -> lines.add(new Remark(i.backend() + ": " + i, "")));
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

  /** Returns the outcomes of all backends in all cells. */
  Stream<Outcome> outcomes() {
    return results.stream().flatMap(result -> result.outcomes().stream());
  }

  public int exitCode() {
    return faults().isEmpty() && notShown().isEmpty() ? 0 : 1;
  }

  /**
   * Returns the gravest verdict of all experiments; UNAVAILABLE if all agree but a backend that was
   * asked for could not run.
   */
  Verdict verdict() {
    List<Verdict> verdicts =
        Stream.concat(besides(), results.stream()).flatMap(Experiment::verdicts).toList();
    return Stream.of(Verdict.DIFFERS, Verdict.FAILED, Verdict.INCONCLUSIVE)
        .filter(verdicts::contains)
        .findFirst()
        .orElse(faults().isEmpty() ? Verdict.AGREES : Verdict.UNAVAILABLE);
  }

  /** Returns the backends of a kind that ran at least one cell to the end. */
  List<Candidate> running(Kind kind) {
    return chosen.stream()
        .filter(backend -> backend.kind() == kind)
        .filter(backend -> outcomes().anyMatch(o -> o.backend().equals(backend.name())))
        .toList();
  }

  /** Returns the lines that {@link CheckText} prints at the default width. */
  List<String> lines() {
    return Printer.lines(
        Terminal.USUAL_COLUMNS, UnaryOperator.identity(), new CheckText(this)::print);
  }

  /** Returns the name of the exact backend that the others are compared with. */
  String reference() {
    return running(Kind.EXACT).stream().map(Candidate::name).findFirst().orElse("-");
  }
}
