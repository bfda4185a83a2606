package dev.lockstep.bench.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Provenance;
import dev.lockstep.bench.page.Provenance.Warned;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a page says beside the numbers of a run. */
final class RunProvenanceTest {

  @TempDir Path folder;

  private static CaseResult product(String backend, String shape, String stop, int setAside) {
    Case of =
        Harness.PRODUCT.of(
            Map.of("backend", backend, "shape", shape, "form", "AB", "threads", "1"));
    return new CaseResult(of, 1, 0, stop, "", List.of(), setAside);
  }

  private static RunResult run(
      boolean complete, String arms, Map<String, String> facts, CaseResult... cases) {
    RunPlan plan = new RunPlan(0, arms, 5, 5, 500, 3, 8, 0.03);
    return new RunResult("run", complete, plan, facts, List.of(), List.of(cases));
  }

  private static List<Warned> warnings(RunResult run) {
    return RunProvenance.of(run).warnings();
  }

  @Test
  void aRunWithoutTroubleHasNoWarning() {
    assertThat(
            warnings(
                run(
                    true,
                    "",
                    Map.of(
                        "commit", "abc",
                        "CPU clock before", "2.5 GHz",
                        "GPU clock lowered by", "nothing"),
                    product("vector", "7x33x2", "known", 0))))
        .isEmpty();
  }

  @Test
  void aPartialRunSaysSo() {
    assertThat(warnings(run(false, "", Map.of())))
        .containsExactly(
            new Warned("partial", "The run was cut short; some measurements are missing."));
  }

  @ParameterizedTest
  @CsvSource({
    "commit, abc dirty, dirty-commit",
    "CPU clock before, not readable: no permission, clock-not-read",
    "'GPU clock lowered by, before', power cap, throttled"
  })
  void aFactThatMatters(String fact, String value, String code) {
    assertThat(warnings(run(true, "", Map.of(fact, value))))
        .extracting(Warned::code)
        .containsExactly(code);
  }

  @Test
  void casesThatStoodStillOrStayedUnsureAreCounted() {
    assertThat(
            warnings(
                run(
                    true,
                    "",
                    Map.of(),
                    product("vector", "7x7x7", "known", 2),
                    product("scalar", "7x7x7", "not known within 3%", 1))))
        .containsExactly(
            new Warned("not-known-within-target", "1 of 2 cases missed the target precision."),
            new Warned("stood-still", "3 JVMs stood still and were measured again."));
  }

  @Test
  void theCommandMeasuresTheSameCases() {
    CaseResult ceiling =
        new CaseResult(
            Harness.CEILING_FMA.of(Map.of("threads", "2")), 1, 0, "known", "", List.of());
    assertThat(
            RunProvenance.of(
                    run(
                        true,
                        Axis.BUILD,
                        Map.of(),
                        ceiling,
                        product("vector", "7x33x2", "known", 0),
                        product("scalar", "7x33x2", "known", 0)))
                .commands())
        .containsExactly(
            "lockstep bench --only product --backends vector,scalar --threads 1 --shape 7x33x2"
                + " --form AB --versus-build DIR");
  }

  /** The run stood still once, and one backend was not there. */
  @Test
  void aRunThatWasRead() {
    WrittenRun.write(folder);
    Contents contents = new Contents();
    RunProvenance.addTo(contents, "mine", folder);
    assertThat(contents.all(RunResult.class)).hasSize(1);
    Provenance provenance = contents.all(Provenance.class).getFirst().result();
    assertThat(provenance.facts()).containsEntry("processor", "P");
    assertThat(provenance.warnings())
        .containsExactly(
            new Warned("stood-still", "1 JVMs stood still and were measured again."),
            new Warned("not-measured", "cuda  UNAVAILABLE"));
  }
}
