package dev.lockstep.bench.measure;

import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunFolder;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.results.RunReader.Unfinished;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Terminal;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs a benchmark from the first file in its folder to the last. */
final class Session {
  private final RunFolder folder;
  private final Plan plan;
  private final Forking.ClassPaths classPaths;
  private final Pace pace;
  private final Budget budget;
  private final Environment environment;
  private final RunLog log;

  Session(
      RunFolder folder,
      List<String> arguments,
      Plan plan,
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
    log = new RunLog(folder, arguments, plan.unavailable());
    plan.cases()
        .forEach(
            of -> {
              Harness harness = Harness.of(of);
              log.plan(of, harness.flops(of), harness.bytes(of));
            });
  }

  /** Measures everything and returns the exit code. */
  int begin() {
    folder.writeEnvironment(environment.facts(), environment.backends());
    log.finish(RunLog.State.PARTIAL);
    return run();
  }

  /**
   * Continues an earlier run and returns the exit code.
   *
   * @throws InputException if the earlier run had other cases, another processor, JDK, commit or
   *     program
   */
  int goOn(Unfinished earlier) {
    List<Case> planned = earlier.run().cases().stream().map(CaseResult::of).toList();
    if (!planned.equals(plan.cases())) {
      throw new InputException(
          "--resume",
          "folder",
          folder.path(),
          "which planned other cases than this call; resume with the same machine and program");
    }
    requireSame(earlier.run(), "processor");
    requireSame(earlier.run(), "JDK");
    requireSame(earlier.run(), "commit");
    environment.facts().keySet().stream()
        .filter(fact -> fact.startsWith(Surroundings.PROGRAM))
        .forEach(program -> requireSame(earlier.run(), program));
    earlier.run().cases().forEach(result -> log.takeOver(result, earlier.digests()));
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
    Path scratch = scratch();
    try {
      Forking forking = new Forking(log, new JmhFork(pace, scratch), pace, classPaths);
      if (plan.pairs().isEmpty()) {
        new BenchRun(log, forking, pace, budget).run();
      } else {
        new Versus(log, forking, plan, pace, budget).run();
      }
    } finally {
      delete(scratch);
    }
    environment.after();
    folder.writeEnvironment(environment.facts(), environment.backends());
    Printer out = Printer.out();
    if (log.results().stream().allMatch(result -> result.forks().isEmpty())) {
      log.results().forEach(result -> out.paragraph(result.of() + ": " + result.failure(), 0, 4));
      return 1;
    }
    RunResult result = RunReader.read(folder.path());
    folder.write("summary.csv", SummaryCsv.of(result));
    folder.write(
        "summary.md",
        Markdown.of(
            Printer.lines(Terminal.USUAL_COLUMNS, PathFree::text, to -> Answer.print(result, to))));
    out.lines(Printer.lines(out.columns(), PathFree::text, to -> Answer.print(result, to)));
    out.line("results: " + folder.path());
    return result.cases().stream().allMatch(each -> each.failure().isEmpty()) ? 0 : 1;
  }

  private static Path scratch() {
    try {
      return Files.createTempDirectory("lockstep-bench-");
    } catch (IOException e) {
      throw new InputException(
          "bench", "temporary folder", System.getProperty("java.io.tmpdir"), "cannot be written");
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
