package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Kind;
import dev.lockstep.bench.cells.Cell;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.Code;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.Interruption;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.cells.OwnOrders;
import dev.lockstep.bench.cells.ZeroStart;
import dev.lockstep.bench.check.CheckIssues.Found;
import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.ci.GitHub;
import dev.lockstep.bench.ci.Issue;
import dev.lockstep.bench.ci.Issue.Severity;
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
 * @param edgeCases operations and small trainings with known results
 * @param zeroStart training from zero weights
 * @param advice advice on the data, which may explain INCONCLUSIVE verdicts
 * @param chosen the backends asked for, including those that cannot run
 * @param named whether they were asked for by name, which makes it a fault if one cannot run
 * @param steps number of steps of each cell that is not wide
 * @param started when the check began
 * @param command returns the command that repeats a cell
 * @param orders the orders in which libraries add
 * @param baseline what a baseline says about the issues; empty without one
 */
public record CheckReport(
    List<CellResult> results,
    Experiment.Besides<Experiment.Compared> exactData,
    Experiment.Besides<Experiment.Compared> edgeCases,
    Experiment.Besides<ZeroStart.Result> zeroStart,
    DataAdvice advice,
    List<Candidate> chosen,
    boolean named,
    int steps,
    Instant started,
    Function<Cell, String> command,
    OwnOrders.Summary orders,
    Optional<Judged> baseline) {

  /** Creates a report of a check that asked for no order, without a baseline. */
  public CheckReport(
      List<CellResult> results,
      Experiment.Besides<Experiment.Compared> exactData,
      Experiment.Besides<Experiment.Compared> edgeCases,
      Experiment.Besides<ZeroStart.Result> zeroStart,
      DataAdvice advice,
      List<Candidate> chosen,
      boolean named,
      int steps,
      Instant started,
      Function<Cell, String> command) {
    this(
        results,
        exactData,
        edgeCases,
        zeroStart,
        advice,
        chosen,
        named,
        steps,
        started,
        command,
        OwnOrders.Summary.NONE,
        Optional.empty());
  }

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
   * data explains it. Faults alike on several backends or in several cells are one.
   */
  List<Remark> faults() {
    return new CheckIssues(this)
        .faults().stream()
            .collect(Collectors.groupingBy(Found::alike, LinkedHashMap::new, Collectors.toList()))
            .values()
            .stream()
            .map(this::fault)
            .toList();
  }

  private Remark fault(List<Found> alike) {
    Found first = alike.getFirst();
    CellResult cell = first.cell();
    String backends = alike.stream().map(Found::backend).collect(Collectors.joining(", "));
    return switch (first.code()) {
      case NO_BACKEND -> new Remark(first.text(), "");
      case UNAVAILABLE, UNSUPPORTED -> {
        if (first.where().equals(CheckIssues.AVAILABLE)) {
          yield new Remark(first.backend() + " was asked for: " + first.text(), "");
        }
        List<CellResult> cells =
            alike.stream().flatMap(found -> Stream.ofNullable(found.cell())).toList();
        yield new Remark(
            first.backend() + ": " + first.text(), cells.isEmpty() ? "" : whereOf(cells));
      }
      default -> {
        if (cell != null) {
          yield new Remark(
              backends + " on " + first.where() + ": " + first.text(),
              first.evidence(),
              repeated(cell.cell()));
        }
        // An interruption says itself where it was.
        String where =
            first.code() == Code.FAILED
                ? ""
                : switch (first.where()) {
                  case CheckIssues.EXACT_DATA -> " on exact data";
                  case CheckIssues.EDGE_CASES -> " in an edge case";
                  default -> " with zero weights";
                };
        yield new Remark(backends + where + ": " + first.text(), first.evidence(), "");
      }
    };
  }

  private String whereOf(List<CellResult> some) {
    return where(some, results.size() + " scenarios");
  }

  String repeated(Cell cell) {
    return "repeat with: " + command.apply(cell);
  }

  /** Returns whether the advice on the data explains a verdict, so that it is no fault. */
  boolean explained(Verdict verdict) {
    return verdict == Verdict.INCONCLUSIVE && advice.explains();
  }

  /**
   * Returns the names of the experiments that show nothing for the reason that the advice gives.
   */
  List<String> notShown() {
    return new CheckIssues(this).notShown().stream().map(Found::where).distinct().toList();
  }

  /** Returns the findings, which are no faults: libraries that separated equal units. */
  List<Remark> findings() {
    List<Found> all = new CheckIssues(this).findings();
    long equal = results.stream().filter(CellResult::equal).count();
    List<Remark> findings = new ArrayList<>();
    for (Candidate backend : chosen) {
      List<Found> broken = of(all, backend, Code.LOCKSTEP_BROKEN);
      if (!broken.isEmpty()) {
        List<CellResult> cells =
            broken.stream().flatMap(found -> Stream.ofNullable(found.cell())).toList();
        findings.add(
            new Remark(
                backend.name() + ": " + broken.getFirst().text(),
                where(cells, equal + " scenarios of equal units")));
      }
      List<Found> split = of(all, backend, Code.CLASSES_SPLIT);
      if (!split.isEmpty()) {
        Found first = split.getFirst();
        findings.add(new Remark(backend.name() + " on " + first.where() + ": " + first.text(), ""));
      }
    }
    return findings;
  }

  private static List<Found> of(List<Found> all, Candidate backend, Code code) {
    return all.stream()
        .filter(found -> found.backend().equals(backend.name()) && found.code() == code)
        .toList();
  }

  private static String where(List<CellResult> some, String all) {
    return "in " + some.size() + " of " + all + ", first in " + some.getFirst().cell().name();
  }

  Stream<Experiment<?>> besides() {
    return Stream.of(exactData, edgeCases, zeroStart);
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

  /** Returns what was not run and did not have to be, one line for each backend and reason. */
  List<Remark> notRun() {
    Predicate<Interruption> left = i -> !i.failed() && !isOwed(i);
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
    cells.forEach((why, some) -> lines.add(new Remark(why, whereOf(some))));
    return lines;
  }

  /** Returns the outcomes of all backends in all cells. */
  Stream<Outcome> outcomes() {
    return results.stream().flatMap(result -> result.outcomes().stream());
  }

  /** Returns what counts or may count, for the baseline and for CI servers. */
  public List<Issue> issues() {
    return new CheckIssues(this).all().stream().map(Found::issue).toList();
  }

  /**
   * Returns 1 if there is an issue that the baseline lacks or, without a baseline, anything but
   * findings; else 0.
   */
  public int exitCode() {
    boolean fails =
        baseline
            .map(judged -> !judged.fresh().isEmpty())
            .orElseGet(() -> issues().stream().anyMatch(i -> i.severity() != Severity.FINDING));
    return fails ? 1 : 0;
  }

  /** Returns what GitHub is told. */
  public GitHub.Told told() {
    return new GitHub.Told(
        "lockstep check",
        issues(),
        baseline,
        Warning.ofVerdict(this).stream().map(Warning::text).toList());
  }

  /** Returns this report with what a baseline says about it. */
  CheckReport with(Optional<Judged> judged) {
    return new CheckReport(
        results, exactData, edgeCases, zeroStart, advice, chosen, named, steps, started, command,
        orders, judged);
  }

  /**
   * Returns the gravest verdict of all experiments; UNAVAILABLE if all agree but a backend that was
   * asked for could not run.
   */
  Verdict verdict() {
    List<Verdict> verdicts =
        Stream.concat(besides(), results.stream()).flatMap(Experiment::verdicts).toList();
    return Stream.of(Verdict.DIFFERS, Verdict.FAILED, Verdict.ALARM, Verdict.INCONCLUSIVE)
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
