package dev.lockstep.bench.results;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.results.ForkResult.Verified;
import dev.lockstep.bench.results.RunLog.State;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A small run in a folder: two forks of a step, one of a ceiling. */
public final class WrittenRun {

  static final RunPlan PLAN = new RunPlan(0, "", 5, 5, 500, 3, 8, 0.03);

  static final Case FMA = Harness.CEILING_FMA.of(Map.of("threads", "1"));

  static final Case STEP =
      Harness.STEP.of(
          Map.of(
              "backend", "vector",
              "width", "33",
              "depth", "2",
              "batch", "7",
              "activation", "tanh",
              "init", "random",
              "threads", "1"));

  private WrittenRun() {}

  /** Writes a finished run. */
  public static void write(Path path) {
    write(path, State.COMPLETE);
  }

  /** Writes a run whose step failed: {@code it ended}. */
  public static void writeFailed(Path path) {
    try (RunFolder folder = RunFolder.create(path, Hardware.REAL)) {
      folder.writeEnvironment(Map.of("processor", "P"), null);
      RunLog log = new RunLog(folder, PLAN, List.of());
      plan(log);
      log.begin();
      add(log, FMA, 1, 7);
      log.stop(FMA, "known");
      log.fail(STEP, "it ended");
      log.finish(State.PARTIAL);
      log.seal(to -> to.write("summary.csv", List.of("a,b")));
    }
  }

  /** Writes a finished run of two builds. */
  public static void writeBuilds(Path path) {
    try (RunFolder folder = RunFolder.create(path, Hardware.REAL)) {
      folder.writeEnvironment(Map.of("processor", "P"), null);
      RunLog log = new RunLog(folder, new RunPlan(0, Axis.BUILD, 5, 5, 500, 3, 8, 0.03), List.of());
      List<Case> builds =
          Stream.of(Axis.THIS_BUILD, Axis.OTHER_BUILD).map(WrittenRun::built).toList();
      log.plan(FMA, 100, 0);
      builds.forEach(each -> log.plan(each, 1000, 0));
      log.begin();
      add(log, FMA, 1, 7);
      for (int fork = 1; fork <= 3; fork++) {
        for (Case each : builds) {
          log.add(fork(each, fork, fork, 4 + 0.1 * fork, 5), jmh(4 + 0.1 * fork, 5));
        }
      }
      builds.forEach(each -> log.stop(each, "known"));
      log.stop(FMA, "known");
      log.finish(State.COMPLETE);
      log.seal(to -> to.write("summary.csv", List.of("a,b")));
    }
  }

  private static Case built(String build) {
    Map<String, String> axes = new LinkedHashMap<>(STEP.axes());
    axes.put(Axis.BUILD, build);
    return new Case(STEP.harness(), axes);
  }

  /** Writes a run that ends in a state. */
  static void write(Path path, State state) {
    try (RunFolder folder = RunFolder.create(path, Hardware.REAL)) {
      measured(folder, state).seal(to -> to.write("summary.csv", List.of("a,b")));
    }
  }

  /** Writes a run that is killed before it ends. */
  static void writeKilled(Path path) {
    try (RunFolder folder = RunFolder.create(path, Hardware.REAL)) {
      measured(folder, State.PARTIAL);
    }
  }

  private static RunLog measured(RunFolder folder, State state) {
    folder.writeEnvironment(Map.of("processor", "P"), null);
    RunLog log = new RunLog(folder, PLAN, List.of("cuda  UNAVAILABLE"));
    plan(log);
    log.begin();
    add(log, STEP, 1, 1, 2, 3);
    add(log, FMA, 1, 7);
    add(log, STEP, 2, 4, 5);
    log.setAside(FMA, 4000);
    log.stop(STEP, "known");
    log.leave(FMA, "the budget is used up");
    log.finish(state);
    return log;
  }

  static void plan(RunLog log) {
    log.plan(FMA, 100, 0);
    log.plan(STEP, 1000, 0);
  }

  static void add(RunLog log, Case of, int number, double... times) {
    log.add(fork(of, number, 0, times), jmh(times));
  }

  private static ForkResult fork(Case of, int number, int block, double... times) {
    return new ForkResult(
        of,
        number,
        block,
        1.5,
        Arrays.stream(times).boxed().toList(),
        List.of(),
        List.of(),
        List.of(
            new Verified("before", 4096, 0, 0, "equal"),
            new Verified("after", 0, 64, 0.5, "near")));
  }

  private static JmhBenchmark jmh(double... times) {
    ObjectNode description = JsonMapper.shared().createObjectNode();
    description.put("jmhVersion", "1.37");
    description.put("benchmark", "x.step");
    description.put("mode", "avgt");
    description.put("threads", 1);
    description.put("jvm", "/home/somebody/jdk/bin/java");
    description.putArray("jvmArgs").add("-Xmx1g");
    for (String text : List.of("jdkVersion", "vmName", "vmVersion", "warmupTime")) {
      description.put(text, "text");
    }
    description.put("measurementTime", "500 ms");
    for (String number : List.of("warmupIterations", "warmupBatchSize")) {
      description.put(number, 1);
    }
    for (String number : List.of("measurementIterations", "measurementBatchSize")) {
      description.put(number, 1);
    }
    return new JmhBenchmark(
        description,
        new JmhBenchmark.Series("ns/op", Arrays.stream(times).boxed().toList()),
        Map.of());
  }
}
