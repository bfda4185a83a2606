package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunFolder;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunReader.Unfinished;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.file.TemporaryFolder;
import dev.lockstep.input.InputException;

/** Runs a benchmark from the first file in its folder to the last. */
final class Session {
  /** The fact that tells which other build was measured. */
  static final String OTHER_BUILD = "other build";

  private final RunFolder folder;
  private final Plan plan;
  private final Forking.ClassPaths classPaths;
  private final Pace pace;
  private final Budget budget;
  private final Environment environment;
  private final RunLog log;

  Session(
      RunFolder folder,
      Plan plan,
      int device,
      Environment environment,
      Forking.ClassPaths classPaths,
      Pace pace,
      Budget budget) {
    this.folder = folder;
    this.plan = plan;
    this.classPaths = classPaths;
    this.pace = pace;
    this.budget = budget;
    this.environment = environment;
    log = new RunLog(folder, pace.plan(device, plan.arms()), plan.unavailable());
    plan.cases()
        .forEach(
            of -> {
              Harness harness = Harness.of(of);
              log.plan(of, harness.flops(of), harness.bytes(of));
            });
  }

  /** Measures everything and returns the exit code. */
  int begin() {
    return run();
  }

  /**
   * Continues an earlier run and returns the exit code.
   *
   * @throws InputException if the earlier run had another processor, JDK, commit, build or program
   */
  int goOn(Unfinished earlier) {
    requireSame(earlier.run(), "processor");
    requireSame(earlier.run(), "JDK");
    requireSame(earlier.run(), "commit");
    requireSame(earlier.run(), OTHER_BUILD);
    environment.facts().keySet().stream()
        .filter(fact -> fact.startsWith(Surroundings.PROGRAM))
        .forEach(program -> requireSame(earlier.run(), program));
    earlier.cases().forEach(log::takeOver);
    return run();
  }

  private void requireSame(RunResult earlier, String fact) {
    String then = earlier.environment().getOrDefault(fact, "");
    String now = PathFree.text(environment.facts().getOrDefault(fact, ""));
    if (!then.equals(now)) {
      throw new InputException("--resume", fact, then, "but here it is " + now);
    }
  }

  private int run() {
    folder.writeEnvironment(environment.facts(), environment.backends());
    log.begin();
    try {
      measure();
    } catch (InputException e) {
      // What was measured until then is kept and summed up.
      log.finish(RunLog.State.PARTIAL);
      sumUp();
      throw e;
    }
    return sumUp();
  }

  private void measure() {
    try (TemporaryFolder scratch = TemporaryFolder.create()) {
      Forking forking = new Forking(log, new JmhFork(pace, scratch.path()), pace, classPaths);
      if (plan.pairs().isEmpty()) {
        new BenchRun(log, forking, pace, budget).run();
      } else {
        new Versus(log, forking, plan, pace, budget).run();
      }
    }
  }

  /** Writes and prints the results, and returns the exit code. */
  private int sumUp() {
    environment.after();
    folder.writeEnvironment(environment.facts(), environment.backends());
    RunResult result = log.ended(String.valueOf(folder.path().getFileName()), environment.facts());
    Printer out = Printer.report();
    try (ProgressDisplay _ = ProgressDisplay.ofUnknownLength("summing up")) {
      log.seal(to -> Summaries.write(result, to));
    }
    if (result.cases().stream().allMatch(each -> each.forks().isEmpty())) {
      result.cases().forEach(each -> out.verdicts().paragraph(each.of() + ": " + why(each), 0, 4));
      out.verdict("nothing was measured; `lockstep bench --resume " + folder.path() + "` goes on");
      return result.cases().stream().allMatch(each -> each.failure().isEmpty()) ? 0 : 1;
    }
    out.lines(
        ProgressDisplay.during(
            "summing up",
            () -> Printer.lines(out.columns(), PathFree::text, to -> Answer.print(result, to))));
    out.verdict("results: " + folder.path());
    return result.cases().stream().allMatch(each -> each.failure().isEmpty()) ? 0 : 1;
  }

  private static String why(CaseResult result) {
    return result.failure().isEmpty() ? result.stop() : result.failure();
  }
}
