package dev.lockstep.bench.suite;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.check.Check;
import dev.lockstep.bench.check.CheckJson;
import dev.lockstep.bench.check.CheckReport;
import dev.lockstep.bench.check.CheckText;
import dev.lockstep.bench.ci.GitHub;
import dev.lockstep.bench.ci.Issue;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.map.ClassMap;
import dev.lockstep.bench.suite.SuiteFolder.Cuda;
import dev.lockstep.bench.suite.SuiteFolder.State;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.bench.terminal.Terminal;
import dev.lockstep.bench.timing.Measurement;
import dev.lockstep.bench.timing.Protocol;
import dev.lockstep.gpu.discovery.CudaMachine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs the parts of a suite in order. Each has a share of the budget, and later parts may use what
 * earlier ones leave over.
 */
final class SuiteRun {
  private static final String DOCTOR = "doctor";
  private static final String CHECK = "check";
  private static final String CLASSES = "classes";
  private static final String TIMINGS = "timings";

  /**
   * Shares of the budget after which the check, the unit classes and the timings start nothing new.
   */
  private static final double CHECK_UNTIL = 0.45;

  private static final double CLASSES_UNTIL = 0.7;
  private static final double TIMINGS_UNTIL = 0.95;

  private final GitHub github;
  private final List<Issue> issues = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Budget budget;
  private final Resources resources;
  private final List<Candidate> backends;
  private final SuiteFolder folder;
  private final Summary summary = new Summary();
  private final List<String> leftOut = new ArrayList<>();
  private final List<String> verdict = new ArrayList<>();
  private int exitCode;

  SuiteRun(Path out, Budget budget, Resources resources, GitHub github) {
    this.github = github;
    this.budget = budget;
    this.resources = resources;
    backends = Candidate.usual(resources);
    folder = SuiteFolder.create(out, cuda(), List.of(DOCTOR, CHECK, CLASSES, TIMINGS));
  }

  private Cuda cuda() {
    return backends.stream()
        .filter(backend -> backend.onDevice() && backend.available())
        .map(backend -> backend.hardware() == Hardware.EMULATED ? Cuda.EMULATED : Cuda.REAL)
        .findFirst()
        .orElse(Cuda.NONE);
  }

  /**
   * Runs all parts and returns the exit code: 1 if the check or another part found a fault, else 0.
   */
  int run() {
    try (folder) {
      return parts();
    }
  }

  private int parts() {
    doctor();
    check(budget.until(CHECK_UNTIL));
    classes(budget.until(CLASSES_UNTIL));
    timings(budget.until(TIMINGS_UNTIL));
    summary.section("Left out for lack of time", 4, leftOut);
    String heading =
        "# Lockstep suite" + (cuda() == Cuda.EMULATED ? ", CUDA EMULATED on the CPU" : "");
    verdict.add(
        String.format(
            Locale.ROOT,
            "Suite: %s, in %d s of %d s",
            exitCode == 0 ? "everything that was run holds" : "SOMETHING DOES NOT HOLD",
            budget.spent().toSeconds(),
            budget.whole().orElseThrow().toSeconds()));
    folder.finish(summary.lines(heading, Terminal.USUAL_COLUMNS, verdict));
    Printer out = Printer.report();
    List<String> lines = summary.lines(heading, out.columns(), verdict);
    int last = lines.lastIndexOf(Summary.VERDICT) + 1;
    github.printing(
        () -> {
          out.lines(lines.subList(0, last));
          out.verdicts().lines(lines.subList(last, lines.size()));
        });
    github.tell(
        new GitHub.Told("lockstep suite", issues, Optional.empty(), notes),
        to -> to.lines(summary.lines(heading, to.columns(), verdict)));
    return exitCode;
  }

  private void doctor() {
    Surroundings here = Surroundings.of(CudaMachine.look(), backends);
    folder.write(DOCTOR, State.COMPLETE, here.json());
    summary.section("Environment", 14, here::print);
  }

  private void check(BooleanSupplier timeIsUp) {
    Check check = Check.usual(backends, resources);
    CheckReport report = check.run(timeIsUp);
    List<String> left = check.leftOut(report);
    left.forEach(cell -> leftOut.add("check of " + cell));
    ObjectNode json = CheckJson.of(report, report.exitCode());
    left.forEach(json.putArray("left-out")::add);
    folder.write(CHECK, stateOf(left.size()), json);
    CheckText text = new CheckText(report);
    summary.section("Check", 28, text::details);
    verdict.add("Check: " + text.verdict());
    issues.addAll(report.issues());
    notes.addAll(report.told().notes());
    exitCode = Math.max(exitCode, report.exitCode());
  }

  private void classes(BooleanSupplier timeIsUp) {
    List<Candidate> onCuda = backends.stream().filter(b -> b.onDevice() && b.available()).toList();
    if (onCuda.isEmpty()) {
      List<String> reasons = Surroundings.missing(backends);
      ObjectNode json = JsonMapper.shared().createObjectNode();
      reasons.forEach(json.putArray("unavailable")::add);
      folder.write(CLASSES, State.UNAVAILABLE, json);
      summary.section("Unit classes over widths and batches", 2, reasons);
      return;
    }
    boolean emulated = cuda() == Cuda.EMULATED;
    List<ClassMap.Place> places = emulated ? ClassPlaces.emulated(onCuda) : ClassPlaces.of(onCuda);
    ClassMap map = new ClassMap(places, ClassPlaces.STEPS, resources.device());
    map.run(timeIsUp, () -> folder.write(CLASSES, State.PARTIAL, map.json()));
    folder.write(CLASSES, stateOf(map.leftOut().size()), map.json());
    long left = map.leftOut().stream().map(ClassMap.Place::size).distinct().count();
    if (left > 0) {
      leftOut.add(left + " widths and batches of the unit classes");
    }
    summary.section("Unit classes over widths and batches", 6, out -> out.table(map.summary(), 0));
    summary.section("Faults in unit classes", 4, map.faults());
    map.faults().forEach(fault -> fault(CLASSES, "", fault));
    exitCode = Math.max(exitCode, map.faults().isEmpty() ? 0 : 1);
  }

  private void timings(BooleanSupplier timeIsUp) {
    TimingPlan plan = new TimingPlan(backends, resources, Protocol.USUAL);
    List<Measurement> done = new ArrayList<>();
    List<String> left = new ArrayList<>();
    try (ProgressDisplay progress = ProgressDisplay.of("timings", plan.items().size())) {
      for (TimingPlan.Item item : plan.items()) {
        if (timeIsUp.getAsBoolean()) {
          leftOut.add("timing of " + item.name());
          left.add(item.name());
          continue;
        }
        progress.message(item.name());
        done.add(item.measurement().get());
        progress.step();
        folder.write(TIMINGS, State.PARTIAL, json(done, plan, left));
      }
    }
    folder.write(TIMINGS, stateOf(left.size()), json(done, plan, left));
    summary.section(
        "Times, median of " + Protocol.USUAL.windows() + " windows",
        24,
        out -> {
          if (!done.isEmpty()) {
            out.table(Measurement.table(done), 0);
          }
          plan.notTimed().forEach(line -> out.paragraph(line, 0, 4));
        });
    done.stream()
        .filter(TimingPlan::faulty)
        .forEach(
            measurement ->
                fault(
                    TIMINGS,
                    measurement.backend(),
                    measurement.what() + ": " + measurement.reason()));
    exitCode = Math.max(exitCode, done.stream().anyMatch(TimingPlan::faulty) ? 1 : 0);
  }

  private void fault(String part, String backend, String text) {
    issues.add(new Issue(Issue.Severity.FAULT, part, backend, part, text));
  }

  private static ObjectNode json(List<Measurement> done, TimingPlan plan, List<String> left) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    Protocol protocol = Protocol.USUAL;
    json.putObject("protocol")
        .put("warm-up-ms", protocol.warmUp().toMillis())
        .put("windows", protocol.windows())
        .put("window-ms", protocol.window().toMillis())
        .put("device-clock", "CUDA events around a window")
        .put("wall-clock", "host, with one wait for the device inside the window")
        .put("state", "reset before every window, outside it");
    left.forEach(json.putArray("left-out")::add);
    plan.notTimed().forEach(json.putArray("not-timed")::add);
    var array = json.putArray("measurements");
    done.forEach(measurement -> array.add(measurement.json()));
    return json;
  }

  private static State stateOf(int leftOut) {
    return leftOut == 0 ? State.COMPLETE : State.PARTIAL;
  }
}
