package dev.lockstep.bench.compare;

import dev.lockstep.backend.Backends;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.ForkLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Ratios of times: of comparisons, and of the backends or builds within each run. */
public final class RatiosSection implements Section {

  /**
   * A comparison.
   *
   * @param machine the processor of A
   * @param comparison what {@code compare --json} writes, without its runs
   */
  private record Named(String source, String machine, JsonNode comparison) {}

  @Override
  public String id() {
    return "ratios";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return Contents.data(
        Stream.concat(
                contents.all(CompareJson.class).stream()
                    .map(each -> named(each.source(), each.result())),
                contents.all(RunResult.class).stream()
                    .flatMap(
                        each ->
                            within(each.result()).stream()
                                .map(
                                    report ->
                                        named(
                                            each.source(),
                                            CompareJson.of(report, report.exitCode())))))
            .toList());
  }

  /** The section of the environment shows the runs. */
  private static Named named(String source, CompareJson comparison) {
    ObjectNode json = (ObjectNode) JsonFile.tree(comparison);
    json.remove("runs");
    return new Named(source, comparison.machine(), json);
  }

  /** Compares the two builds of a run, or its usual backend with each other one. */
  private static List<Report> within(RunResult run) {
    List<String> backends = Arms.values(run, Axis.BACKEND);
    List<Arms> arms = new ArrayList<>();
    if (Arms.values(run, Axis.BUILD).size() == 2) {
      arms.add(Arms.of(run, null, null));
    } else if (backends.size() > 1) {
      String usual = Backends.usual().name();
      String baseline = backends.contains(usual) ? usual : backends.getFirst();
      backends.stream()
          .filter(backend -> !backend.equals(baseline))
          .forEach(backend -> arms.add(Arms.of(run, null, List.of(baseline, backend))));
    }
    return arms.stream()
        .filter(RatiosSection::isMeasured)
        .map(each -> new Comparing(each, ForkLevel.MEDIAN))
        .map(
            comparing ->
                comparing.report(
                    comparing.floor(null), Optional.empty(), Report.Undecided.PASS, List.of()))
        .toList();
  }

  /** Whether a case was measured on both sides. */
  private static boolean isMeasured(Arms arms) {
    return arms.a().cases().stream()
        .filter(a -> !a.forks().isEmpty())
        .anyMatch(
            a ->
                arms.b().cases().stream()
                    .anyMatch(b -> !b.forks().isEmpty() && arms.a().matches(a, arms.b(), b)));
  }
}
