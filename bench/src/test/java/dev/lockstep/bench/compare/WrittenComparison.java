package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.ForkResult;
import dev.lockstep.bench.results.RunPlan;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.NoiseFloor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A comparison of two backends of a made-up run: B is faster at width 7, slower at width 33. */
public final class WrittenComparison {

  private static final RunPlan PLAN = new RunPlan(0, "", 5, 5, 500, 3, 8, 0.03);

  private WrittenComparison() {}

  /** Writes the comparison, whose limit is passed at width 33. */
  public static void write(Path file) {
    Report report = report(Optional.of(0.05));
    JsonFile.write(file, CompareJson.of(report, report.exitCode()));
  }

  static Report report(Optional<Double> limit) {
    RunResult run =
        new RunResult(
            "run",
            true,
            PLAN,
            new TreeMap<>(Map.of("processor", "P", "commit", "abc dirty")),
            List.of(),
            List.of(
                result("scalar", 7, 100, 101, 102),
                result("scalar", 33, 100, 101, 102),
                result("vector", 7, 50, 51, 51.5),
                result("vector", 33, 200, 202, 203)));
    return new Comparing(Arms.of(run, null, null), ForkLevel.MEDIAN)
        .report(
            NoiseFloor.given(NoiseFloor.LEAST),
            limit,
            Report.Undecided.PASS,
            List.of("JDK: A 25; B 26"));
  }

  private static CaseResult result(String backend, int width, double... times) {
    Case of =
        Harness.STEP.of(
            Map.of(
                "backend", backend,
                "width", String.valueOf(width),
                "depth", "1",
                "batch", "7",
                "activation", "tanh",
                "init", "equal",
                "threads", "1"));
    List<ForkResult> forks =
        IntStream.range(0, times.length)
            .mapToObj(
                i ->
                    new ForkResult(
                        of, i + 1, 0, 1, List.of(times[i]), List.of(), List.of(), List.of()))
            .toList();
    return new CaseResult(of, 1000, 0, "known", "", forks);
  }
}
