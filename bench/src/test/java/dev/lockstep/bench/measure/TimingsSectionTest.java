package dev.lockstep.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.cases.StepSplit;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.ForkResult;
import dev.lockstep.bench.results.RunPlan;
import dev.lockstep.bench.results.RunProvenance;
import dev.lockstep.bench.results.RunResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a page draws of the operations of a step. */
final class TimingsSectionTest {

  private static final Case STEP =
      Harness.STEP.of(
          Map.of(
              "backend", "vector",
              "width", "33",
              "depth", "2",
              "batch", "7",
              "activation", "tanh",
              "init", "random",
              "threads", "1"));

  private static final List<Case> SPLIT =
      Stream.concat(Stream.of(STEP), StepSplit.of(STEP).parts().keySet().stream()).toList();

  private static RunResult run(List<Case> cases) {
    RunPlan plan = new RunPlan(0, "", 5, 5, 500, 3, 8, 0.03);
    return new RunResult(
        "run",
        true,
        plan,
        Map.of(),
        List.of(),
        cases.stream().map(of -> result(of, of.equals(STEP) ? 100 : 5)).toList());
  }

  private static CaseResult result(Case of, double time) {
    return new CaseResult(
        of,
        1,
        0,
        "known",
        "",
        IntStream.rangeClosed(1, 3)
            .mapToObj(
                i -> new ForkResult(of, i, 0, 1, List.of(time), List.of(), List.of(), List.of()))
            .toList());
  }

  private static JsonNode splits(List<Case> cases) {
    Object data = new TimingsSection().data(new Contents().add("run", run(cases))).orElseThrow();
    return JsonFile.tree(data).get("splits");
  }

  @Test
  void aStepStandsBesideItsOperations() {
    JsonNode split = splits(SPLIT).get(0);
    assertThat(split.get("ns").asDouble()).isCloseTo(100, within(1e-9));
    int operations = StepSplit.of(STEP).parts().values().stream().mapToInt(each -> each).sum();
    assertThat(split.get("parts").valueStream().mapToInt(part -> part.get("count").asInt()).sum())
        .isEqualTo(operations);
    assertThat(split.get("parts").valueStream().map(part -> part.get("kind").asString()))
        .containsOnly("FORWARD", "BACKWARD", "WEIGHTS", "ELEMENTWISE");
  }

  /** A sum that lacks an operation would not be one. */
  @Test
  void withoutOneOperationThereIsNoSplit() {
    for (int left = 1; left < SPLIT.size(); left++) {
      List<Case> others = new ArrayList<>(SPLIT);
      others.remove(left);
      assertThat(splits(others)).as(SPLIT.get(left).toString()).isEmpty();
    }
  }

  @Test
  void theCommandSplitsTheStepToo() {
    assertThat(RunProvenance.of(run(SPLIT)).commands())
        .containsExactly(
            "lockstep bench --only step --backends vector --width 33 --depth 2 --batch 7"
                + " --activation tanh --init random --threads 1 --split 33");
  }
}
