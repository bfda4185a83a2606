package dev.lockstep.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.ForkResult;
import dev.lockstep.bench.results.ForkResult.Verified;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.terminal.Printer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Tables of made-up times. */
final class AnswerTest {

  private static Case step(String backend, int width) {
    Map<String, String> axes = new LinkedHashMap<>();
    axes.put("backend", backend);
    axes.put("width", String.valueOf(width));
    axes.put("depth", "2");
    axes.put("batch", "256");
    axes.put("activation", "tanh");
    axes.put("init", "random");
    axes.put("threads", "1");
    return new Case("step", axes);
  }

  private static CaseResult result(Case of, double nanoseconds, double flops, double share) {
    return result(of, nanoseconds, flops, 0, share, List.of());
  }

  /** With times by events, as what runs on a device has them. */
  private static CaseResult onDevice(Case of, double nanoseconds, double flops, double bytes) {
    return result(of, nanoseconds, flops, bytes, 0, List.of(nanoseconds, nanoseconds));
  }

  private static CaseResult result(
      Case of,
      double nanoseconds,
      double flops,
      double bytes,
      double share,
      List<Double> deviceNanoseconds) {
    List<ForkResult> forks = new ArrayList<>();
    for (int fork = 1; fork <= 3; fork++) {
      double time = nanoseconds * (1 + 0.001 * fork);
      forks.add(
          new ForkResult(
              of,
              fork,
              0,
              1,
              List.of(time, time),
              deviceNanoseconds,
              List.of(),
              List.of(new Verified("before", 7, share > 0 ? 33 : 0, share, ""))));
    }
    return new CaseResult(of, flops, bytes, "known", "", forks);
  }

  private static List<String> answer(boolean complete, CaseResult... results) {
    RunResult run =
        new RunResult(
            "run",
            complete,
            Pace.USUAL.plan(0, ""),
            Map.of(),
            List.of("cuda  UNAVAILABLE"),
            List.of(results));
    return Printer.lines(200, UnaryOperator.identity(), out -> Answer.print(run, out));
  }

  private static CaseResult ceiling(double gigaflops) {
    return result(new Case("ceiling-fma", Map.of("threads", "1")), 1000, 1000 * gigaflops, 0);
  }

  @Test
  void aStepIsHeldAgainstItsCeilingAndTheBaseline() {
    List<String> lines =
        answer(
            true,
            ceiling(100),
            result(step("vector", 1024), 20e6, 1.6e9, 0),
            result(step("openblas", 1024), 10e6, 1.6e9, 0.12));
    assertThat(String.join("\n", lines))
        .contains(
            "training step, 784-W-W-10 tanh, batch 256, units random, median [95%]; CPU 1 thread")
        .containsPattern(
            "1024 +vector +20\\.04 \\[19\\.\\d+ - 20\\.\\d+\\] +1277\\d +79\\.8 +80% +1 +bits")
        .containsPattern("1024 +openblas +10\\.02 .* 160% +2\\.00 x \\[.*\\] +bound, 12%, SUSPECT")
        .contains("1 thread 99.8 GFLOP/s", "cuda  UNAVAILABLE")
        .doesNotContain("PARTIAL");
  }

  /** A step and a product against the best product, a pass over memory against a copy there. */
  @Test
  void onADeviceItIsHeldAgainstWhatTheDeviceDoes() {
    Case product =
        new Case(
            "product",
            axes("backend", "cuda", "shape", "2048x2048x2048", "form", "AB", "threads", "1"));
    Case sgd =
        new Case(
            "elementwise",
            axes(
                "backend",
                "cuda",
                "operation",
                "sgd",
                "batch",
                "256",
                "width",
                "1024",
                "threads",
                "1",
                "cache",
                "cold"));
    Case copy = new Case("ceiling-device-copy", axes("backend", "cuda", "footprint", "2097152"));
    Case copyOfHost = new Case("ceiling-copy", axes("footprint", "524288", "threads", "1"));
    String answer =
        String.join(
            "\n",
            answer(
                true,
                ceiling(100),
                result(copyOfHost, 1e6, 0, 2e7, 0, List.of()),
                onDevice(copy, 1e6, 0, 2e9),
                onDevice(product, 1e6, 2e10, 0),
                onDevice(step("cuda", 1024), 1e6, 1.5e10, 0),
                onDevice(sgd, 1e6, 1e6, 1e9)));
    assertThat(answer)
        .containsPattern("2048x2048x2048 +AB +1 +cuda .* 100% ")
        .containsPattern("1024 +cuda .* 75% ")
        .containsPattern(" sgd .* 50% ")
        .doesNotContain("SUSPECT");
  }

  /** Of two builds each line says which, and the other's time is held against this one's. */
  @Test
  void twoBuildsAreToldApart() {
    List<String> lines =
        answer(
            true,
            result(step("vector", 33).with("build", "this"), 10e6, 1e8, 0),
            result(step("vector", 33).with("build", "other"), 20e6, 1e8, 0));
    assertThat(String.join("\n", lines))
        .contains("against this")
        .containsPattern("33 +vector, this .* 1 +bits")
        .containsPattern("33 +vector, other .* 0\\.50 x \\[.*\\] +bits");
  }

  private static Map<String, String> axes(String... namesAndValues) {
    Map<String, String> axes = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      axes.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return axes;
  }

  /** Twice as slow at 256, twice as fast at 1024: they meet at the geometric mean. */
  @Test
  void whereTheFasterOneChangesIsInterpolated() {
    List<String> lines =
        answer(
            true,
            result(step("vector", 256), 1e6, 1e8, 0),
            result(step("openblas", 256), 2e6, 1e8, 0),
            result(step("vector", 1024), 4e6, 1e9, 0),
            result(step("openblas", 1024), 2e6, 1e9, 0));
    assertThat(lines)
        .anyMatch(
            line -> line.matches("crossover vector / openblas: width 512 \\[5\\d\\d - 5\\d\\d\\]"));
  }

  /** Nine cases whose second and third rounds were a bit slower, as a whole. */
  @Test
  void aLineTellsTheMethodOfTheIntervals() {
    CaseResult[] nine = new CaseResult[9];
    Arrays.setAll(nine, i -> result(step("vector", 1 + i), 1e6 * (1 + i), 1e8, 0));
    assertThat(String.join(" ", answer(true, nine)))
        .contains("intervals of times: moderated t; 9 cases tell one another's variances")
        .contains("rounds differ by 0.1%");
    assertThat(String.join(" ", answer(true, Arrays.copyOf(nine, 7))))
        .contains("intervals of times: t; what they cover: docs/benchmarking.md");
  }

  @Test
  void whatFailedHasNoNumber() {
    Case of = step("vector", 33);
    List<String> lines =
        answer(
            false,
            new CaseResult(of, 1, 0, "failed", "before timing: W1[0][0] is 1, not 2", List.of()),
            new CaseResult(
                step("scalar", 33), 1, 0, "the budget of 90 s is used up", "", List.of()));
    assertThat(String.join("\n", lines))
        .containsPattern("33 +vector +NO NUMBER: before timing: W1\\[0\\]\\[0\\] is 1, not 2")
        .containsPattern("33 +scalar +not measured: the budget of 90 s is used up")
        .contains("PARTIAL");
  }

  @Test
  void theCsvHasAColumnForEveryAxis() {
    List<String> lines =
        SummaryCsv.of(
            new RunResult(
                "run",
                true,
                Pace.USUAL.plan(0, ""),
                Map.of(),
                List.of(),
                List.of(
                    ceiling(100),
                    result(step("vector", 7), 1e6, 1e8, 0),
                    new CaseResult(
                        step("scalar", 7), 1, 0, "failed", "it said \"no, never\"", List.of()))));
    assertThat(lines).hasSize(4);
    assertThat(lines.getFirst())
        .startsWith("harness,threads,backend,width,depth,batch,activation,init,ns,ns-low,ns-high");
    assertThat(lines.get(2)).startsWith("step,1,vector,7,2,256,tanh,random,1.00200e+06,");
    assertThat(lines.get(3)).endsWith("failed,\"it said \"\"no, never\"\"\"");
    assertThat(lines)
        .allMatch(line -> line.replaceAll("\"([^\"]|\"\")*\"", "").split(",", -1).length == 20);
  }
}
