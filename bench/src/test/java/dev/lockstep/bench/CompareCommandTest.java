package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.results.ForkResult;
import dev.lockstep.bench.results.JmhBenchmark;
import dev.lockstep.bench.results.RunFolder;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep compare} from folders to exit code, on runs whose true ratios are known. */
final class CompareCommandTest {

  private static final long SEED = 1021;
  private static final double DEVIATION = 0.003;

  /** Every number of forks is fixed in advance. */
  private static final RunPlan PLAN = new RunPlan(0, "", 5, 5, 500, 999, 999, 0.03);

  @TempDir Path temp;
  @RegisterExtension final Console console = new Console();
  private final SplittableRandom random = new SplittableRandom(SEED);

  /** Run folders with drawn times. */
  private final class Run {
    private final Path folder;
    private final Map<Case, List<ForkResult>> cases = new LinkedHashMap<>();
    private String processor = "Processor 9000";
    private String commit = "0123";

    Run(String name) {
      folder = temp.resolve(name);
    }

    Run of(Case of, double nanoseconds, int forks) {
      return of(of, nanoseconds, forks, 0);
    }

    Run of(Case of, double nanoseconds, int forks, int block) {
      List<ForkResult> all = cases.computeIfAbsent(of, _ -> new ArrayList<>());
      for (int fork = 0; fork < forks; fork++) {
        double level = nanoseconds * Math.exp(DEVIATION * random.nextGaussian());
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          times.add(level * Math.exp(DEVIATION * random.nextGaussian()));
        }
        all.add(
            new ForkResult(
                of,
                all.size() + 1,
                block,
                1,
                times,
                List.of(),
                List.of(),
                List.of(new ForkResult.Verified("before", 4096, 0, 0, "4096 elements"))));
      }
      return this;
    }

    Path write() throws Exception {
      try (RunFolder opened = RunFolder.create(folder, Hardware.REAL)) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("GPU", "none: no NVIDIA driver");
        environment.put("processor", processor);
        environment.put("cores", "2");
        environment.put("commit", commit);
        environment.put("load before", String.valueOf(random.nextDouble()));
        opened.writeEnvironment(environment, null);
        RunLog log = new RunLog(opened, PLAN, List.of());
        cases.keySet().forEach(of -> log.plan(of, 1e9, 0));
        log.begin();
        for (List<ForkResult> forks : cases.values()) {
          for (ForkResult fork : forks) {
            log.add(fork, jmh(fork.nanoseconds()));
          }
        }
        cases.keySet().forEach(of -> log.stop(of, "enough"));
        log.finish(RunLog.State.COMPLETE);
        log.seal(_ -> {});
      }
      return folder;
    }

    private static JmhBenchmark jmh(List<Double> times) {
      return new JmhBenchmark(
          JsonMapper.shared().createObjectNode(),
          new JmhBenchmark.Series("ns/op", times),
          Map.of());
    }
  }

  private static Case step(String backend, int width, int threads) {
    Map<String, String> axes = new LinkedHashMap<>();
    axes.put("backend", backend);
    axes.put("width", String.valueOf(width));
    axes.put("depth", "2");
    axes.put("batch", "256");
    axes.put("activation", "tanh");
    axes.put("init", "random");
    axes.put("threads", String.valueOf(threads));
    return new Case("step", axes);
  }

  private int compare(Object... arguments) {
    console.clear();
    List<String> words = new ArrayList<>(List.of("compare"));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    int code = Lockstep.run(words.toArray(String[]::new));
    assertThat(console.printed().lines()).as("columns").allMatch(line -> line.length() <= 80);
    return code;
  }

  /** B: width 33 faster by 20%, 129 the same, 250 slower by 20%; 1021 only in A. */
  private Path[] beforeAndAfter() throws Exception {
    Run before = new Run("before");
    Run after = new Run("after");
    after.commit = "4567";
    int[] widths = {33, 129, 250};
    double[] ratios = {0.8, 1, 1.2};
    for (int i = 0; i < widths.length; i++) {
      Case of = step("vector", widths[i], 2);
      before.of(of, 1e6 * widths[i], 8);
      after.of(of, 1e6 * widths[i] * ratios[i], 8);
    }
    before.of(step("vector", 1021, 2), 1e9, 3);
    return new Path[] {before.write(), after.write()};
  }

  @Test
  void findsWhatChangedBetweenTwoRuns() throws Exception {
    Path[] runs = beforeAndAfter();

    assertThat(compare(runs[0], runs[1], "--floor", "2%")).as(console.complained()).isZero();

    assertThat(console.printed())
        .endsWith("\n\nB is FASTER in 1, SLOWER in 1, SAME in 1 and UNDECIDED in 0 of 3 rows.\n")
        .contains("A: before\nB: after\n")
        .contains("noise floor 2.0%, not measured")
        .contains("commit: A 0123; B 4567\n")
        .contains("step backend=vector depth=2 batch=256 activation=tanh init=random threads=2\n")
        .containsPattern(" 33 +3[23]\\.\\d+ +26\\.\\d+ +0\\.(79|80)\\d \\[.* FASTER\n")
        .containsPattern(" 129 .* SAME\n")
        .containsPattern(" 250 .* SLOWER\n")
        .contains("1 not compared:\n  step backend=vector width=1021")
        .doesNotContain("load before", "crossover");
  }

  @Test
  void failsOnlyIfTheNearEndIsBeyondTheLimit() throws Exception {
    Path[] runs = beforeAndAfter();
    Path json = temp.resolve("comparison.json");

    assertThat(compare(runs[0], runs[1], "--fail-if-slower", "5%", "--json", json)).isEqualTo(1);
    assertThat(console.printed()).contains("SLOWER by more than 5%: step backend=vector width=250");
    JsonNode tree = JsonMapper.shared().readTree(Files.readString(json));
    assertThat(tree.get("exit-code").intValue()).isEqualTo(1);
    assertThat(tree.get("slower-than-allowed")).hasSize(1);
    assertThat(tree.get("rows").get(2).get("verdict").stringValue()).isEqualTo("SLOWER");
    assertThat(tree.get("rows").get(0).get("ratio").get("upper").doubleValue()).isLessThan(0.82);
    assertThat(tree.get("noise-floor").get("comparisons").intValue()).isEqualTo(6);

    assertThat(compare(runs[0], runs[1], "--fail-if-slower", "20%")).isZero();
    assertThat(console.printed())
        .containsPattern("no row is\\s+shown to be slower by more than 20%");
    assertThat(compare(runs[1], runs[0], "--fail-if-slower", "5.5%")).as("0.8 back").isEqualTo(1);
  }

  @Test
  void aBaselineFailsForNewRowsOnly() throws Exception {
    Path[] runs = beforeAndAfter();
    Path known = temp.resolve("known.json");
    Path json = temp.resolve("comparison.json");
    String slower = "vector, step backend=vector width=250";

    assertThat(compare(runs[0], runs[1], "--update-baseline")).isEqualTo(2);
    assertThat(console.complained()).contains("--update-baseline: ", "needs --baseline FILE");
    assertThat(compare(runs[0], runs[1], "--baseline", known)).isEqualTo(2);
    assertThat(console.complained()).contains(known + ": cannot be read");
    assertThat(compare(runs[0], runs[1], "--baseline", json, "--json", json)).isEqualTo(2);
    assertThat(console.complained()).contains("which contradicts --baseline");

    assertThat(compare(runs[0], runs[1], "--baseline", known, "--update-baseline")).isZero();
    assertThat(console.printed()).contains("1 known, 0 new\n  added: " + slower);
    JsonNode written = JsonMapper.shared().readTree(Files.readString(known));
    Schemas.requireExactly("baseline", written);
    assertThat(written.at("/known/0/code").stringValue()).isEqualTo("slower");

    assertThat(compare(runs[0], runs[1], "--baseline", known)).isZero();
    assertThat(compare(runs[0], runs[1], "--baseline", known, "--fail-if-slower", "5%")).isZero();
    // Now width 33 is slower, and width 250 is not.
    assertThat(compare(runs[1], runs[0], "--baseline", known, "--json", json)).isEqualTo(1);
    assertThat(console.printed())
        .contains("0 known, 1 new\n  new: vector, step backend=vector width=33")
        .contains("  no longer occurs: " + slower);
    JsonNode tree = JsonMapper.shared().readTree(Files.readString(json));
    Schemas.requireExactly("compare", tree);
    assertThat(tree.at("/exit-code").intValue()).isEqualTo(1);
    assertThat(tree.at("/baseline/new")).hasSize(1);

    Files.writeString(known, Files.readString(known).replace("compare", "check"));
    assertThat(compare(runs[0], runs[1], "--baseline", known)).isEqualTo(2);
    assertThat(console.complained()).contains("command is \"check\", expected compare");
  }

  @Test
  void findsTheCrossoverOfTwoBackendsOfOneRun() throws Exception {
    Run run = new Run("run");
    for (int width : new int[] {256, 512, 1024, 2048}) {
      double ratio = Math.pow(width / 700.0, -0.5);
      run.of(step("vector", width, 1), 1e6 * width, 5);
      run.of(step("vector", width, 2), 0.5e6 * width, 5);
      run.of(step("cublas", width, 1), 1e6 * width * ratio, 5);
    }
    Path folder = run.write();

    assertThat(compare(folder, "--backends", "vector,cublas")).as(console.complained()).isZero();
    assertThat(console.printed())
        .contains("A: vector of run\nB: cublas of run\n")
        .contains("of 8 rows.\n")
        .containsPattern(
            "crossover \\(step .*threads=1\\): width\\s+(69|70)\\d \\[(68|69)\\d -"
                + " 7[01]\\d\\],?\\s+cublas faster above")
        .containsPattern("threads=2\\): none\\s+from width 256 to\\s+2048");
    assertThat(compare(folder)).as("two backends, of which vector was first").isZero();
    assertThat(console.printed()).contains("A: vector of run\nB: cublas of run\n");
  }

  @Test
  void pairsTheBlocksOfARun() throws Exception {
    Run run = new Run("run");
    for (int block = 1; block <= 6; block++) {
      // A machine that gets slower by half a block, which would drown 3%.
      double speed = Math.pow(1.5, block);
      run.of(step("vector", 33, 1), 1e6 * speed, 2, block);
      run.of(step("scalar", 33, 1), 1.03e6 * speed, 2, block);
    }
    run.of(step("scalar", 33, 1), 99e6, 1, 7);
    Path folder = run.write();
    Path json = temp.resolve("comparison.json");

    assertThat(compare(folder, "--json", json)).as(console.complained()).isZero();
    assertThat(console.printed()).contains("SLOWER in 1,").contains("1.0");
    JsonNode ratio = JsonMapper.shared().readTree(Files.readString(json)).at("/rows/0/ratio");
    assertThat(ratio.get("method").stringValue()).isEqualTo("signed ranks");
    assertThat(ratio.get("value").doubleValue()).isBetween(1.025, 1.035);
  }

  /** As slow as that by two forks that differ widely, or by one. */
  @Test
  void whatCouldBeSlowerIsNamedAndFailsIfAskedTo() throws Exception {
    Run first = new Run("before").of(step("vector", 33, 1), 1e6, 2);
    Run second = new Run("after").of(step("vector", 33, 1), 4e6, 1);
    second.of(step("vector", 33, 1), 30e6, 1);
    first.of(step("vector", 129, 1), 1e6, 8);
    second.of(step("vector", 129, 1), 1e6, 8);
    first.of(step("vector", 250, 1), 1e6, 1);
    second.of(step("vector", 250, 1), 9e6, 1);
    first.of(step("vector", 1021, 1), 1e6, 8);
    second.of(step("vector", 1021, 1), 1.1e6, 8);
    Path before = first.write();
    Path after = second.write();
    Path json = temp.resolve("comparison.json");

    assertThat(compare(before, after, "--fail-if-slower", "9.95%", "--json", json)).isZero();
    assertThat(console.printed())
        .containsPattern(
            "COULD BE SLOWER by more than 9.95%: step [^:]*width=33 [^:]*: 1[01]\\.\\d\\dx,"
                + "\\s+UNDECIDED,\\s+2\\s+forks\\s+each")
        .containsPattern("width=250 [^:]*: [89]\\.\\d\\d\\dx,\\s+UNDECIDED,\\s+1\\s+fork\\s+each")
        .doesNotContainPattern("COULD BE SLOWER [^:]*: step [^:]*width=129 ");
    JsonNode tree = JsonMapper.shared().readTree(Files.readString(json));
    assertThat(tree.get("rows"))
        .extracting(row -> row.get("ratio-beyond-limit").stringValue())
        .startsWith("UNDECIDED", "NO", "UNDECIDED");
    assertThat(tree.get("rows").get(0).get("b-forks").intValue()).isEqualTo(2);
    assertThat(tree.get("could-be-slower-than-allowed").get(0).stringValue())
        .contains("width=33", "x, UNDECIDED, 2 forks each");

    assertThat(compare(before, after, "--fail-if-slower", "5%", "--fail-if-undecided"))
        .isEqualTo(1);
    assertThat(compare(before, after, "--fail-if-undecided")).isEqualTo(1);
    assertThat(console.printed()).doesNotContain("COULD BE SLOWER");
    assertThat(compare(before, after)).isZero();
  }

  /** SLOWER beyond the floor, and about the limit: not UNDECIDED, but by how much is. */
  @Test
  void aSlowerRowAboutTheLimitIsNotSettledByIt() throws Exception {
    Path before = new Run("before").of(step("vector", 33, 1), 1e6, 8).write();
    Path after = new Run("after").of(step("vector", 33, 1), 1.1e6, 8).write();
    Path json = temp.resolve("comparison.json");
    assertThat(compare(before, after, "--json", json)).isZero();
    double ratio =
        JsonMapper.shared()
            .readTree(Files.readString(json))
            .at("/rows/0/ratio/value")
            .doubleValue();
    String limit = String.format(Locale.ROOT, "%.4f%%", 100 * (ratio - 1) - 0.001);

    assertThat(compare(before, after, "--fail-if-slower", limit)).isZero();
    assertThat(console.printed().replaceAll("\\s+", " "))
        .contains("SLOWER in 1,")
        .contains("x, SLOWER, but by how much is UNDECIDED, 8 forks each");
    assertThat(compare(before, after, "--fail-if-slower", limit, "--fail-if-undecided"))
        .isEqualTo(1);
    assertThat(compare(before, after, "--fail-if-slower", "20%", "--fail-if-undecided")).isZero();
  }

  @Test
  void oneForkDecidesNothing() throws Exception {
    Path before = new Run("before").of(step("vector", 33, 1), 1e6, 1).write();
    Path after = new Run("after").of(step("vector", 33, 1), 9e6, 1).write();

    assertThat(compare(before, after, "--fail-if-slower", "5%")).isZero();
    assertThat(console.printed())
        .contains("UNDECIDED in 1 of 1 row;")
        .contains("1 UNDECIDED: no interval: at least 2 forks that differ are needed\n");
  }

  @Test
  void anotherRunOfATellsTheNoise() throws Exception {
    Path[] runs = beforeAndAfter();
    Run again = new Run("again");
    for (int width : new int[] {33, 129, 250}) {
      again.of(step("vector", width, 2), 1e6 * width * 1.3, 8);
    }
    assertThat(compare(runs[0], runs[1], "--noise", again.write()))
        .as(console.complained())
        .isZero();
    assertThat(console.printed())
        .containsPattern("noise floor (29|30)%, of 3 A/A comparisons")
        .contains("\n\nB is FASTER in 0, SLOWER in 0, SAME in 1 and UNDECIDED in 2 ");
  }

  @Test
  void refusesTwoMachines() throws Exception {
    Run before = new Run("before").of(step("vector", 33, 1), 1e6, 3);
    Run after = new Run("after").of(step("vector", 33, 1), 1e6, 3);
    after.processor = "Processor 7";
    before.write();
    after.write();

    assertRefused(
        "after/environment.json: processor is Processor 7, but in before it is Processor 9000;"
            + " --across-machines compares them anyway",
        before.folder,
        after.folder);
    assertThat(compare(before.folder, after.folder, "--across-machines")).isZero();
    assertThat(console.printed()).contains("processor: A Processor 9000; B Processor 7\n");
  }

  @Test
  void refusesWhatIsNoRunAndFlagsThatMakeNoSense() throws Exception {
    Path run = new Run("run").of(step("vector", 33, 1), 1e6, 3).write();
    Path other = new Run("other").of(step("vector", 129, 1), 1e6, 3).write();
    Path empty = new Run("empty").write();
    Path foreign = new Run("foreign").of(step("vector", 33, 1), 1e6, 3).write();
    Files.writeString(foreign.resolve("manifest.json"), "{\"schema\": 2}");
    Path corrupt = new Run("corrupt").of(step("vector", 33, 1), 1e6, 3).write();
    Files.writeString(corrupt.resolve("manifest.json"), "{\"schema\": ");
    Path newer = new Run("newer").of(step("vector", 33, 1), 1e6, 3).write();
    Path manifest = newer.resolve("manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replaceFirst("\"schema\" : 2", "\"schema\" : 99"));

    assertRefused("number of forks is 0, expected a run that measured something", run, empty);
    assertRefused("kind is '', expected lockstep-bench", run, foreign);
    assertRefused("corrupt/manifest.json: content is", run, corrupt);
    assertRefused("schema is 99, expected 2", run, newer);
    assertRefused("nowhere, expected", run, temp.resolve("nowhere"));
    assertRefused("B: folder is " + run + ", which is A's", run, run);
    assertRefused("number of cases that both sides measured is 0", run, other);
    assertRefused("--backends: value is absent, expected two of those in run", run);
    assertRefused(
        "--backends: backend is cublas, expected one", run, "--backends", "vector,cublas");
    assertRefused("--backends: value is vector, expected two", run, "--backends", "vector");
    assertRefused("expected a percentage such as 5%", run, other, "--fail-if-slower", "5");
    assertRefused("expected a percentage such as 5%", run, other, "--floor", "-1%");
    assertRefused("which contradicts --noise", run, other, "--floor", "1%", "--noise", run);
    assertRefused("--level: value is best", run, other, "--level", "best");
    Path again = new Run("again").of(step("vector", 33, 1), 1e6, 3).write();
    assertRefused("cannot be written", run, again, "--json", temp.resolve("no/such/file"));
  }

  private void assertRefused(String sentence, Object... arguments) {
    assertThat(compare(arguments)).as(console.printed()).isEqualTo(2);
    assertThat(console.complained()).startsWith("lockstep: ").contains(sentence).hasLineCount(1);
    assertThat(console.printed()).isEmpty();
  }
}
