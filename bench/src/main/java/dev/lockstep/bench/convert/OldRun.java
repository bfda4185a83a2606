package dev.lockstep.bench.convert;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.results.ForkResult;
import dev.lockstep.bench.results.JmhBenchmark;
import dev.lockstep.bench.results.RunFiles;
import dev.lockstep.bench.results.RunFiles.Surroundings;
import dev.lockstep.bench.results.RunFiles.Verification;
import dev.lockstep.bench.results.RunFiles.Verifications;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunPlan;
import dev.lockstep.file.Sha256;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A run of schema 1, which kept a file of JMH for each fork. */
final class OldRun {

  private static final int SCHEMA = 1;
  private static final String KIND = "lockstep-bench";
  private static final Pattern FORK = Pattern.compile("jmh/[A-Za-z0-9._-]{1,200}\\.json");
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,2}(?:\\.\\d{1,3})?)%");
  private static final Pattern FORKS = Pattern.compile("([1-9]\\d{0,2})(?:\\.\\.([1-9]\\d{0,2}))?");
  private static final Pattern MILLISECONDS = Pattern.compile("(\\d{1,7}) ms");
  private static final double USUAL_WITHIN = 0.03;

  private final InputFolder folder;
  private final Manifest manifest;
  private final Surroundings surroundings;
  private final Map<String, List<ForkResult.Verified>> verified = new LinkedHashMap<>();
  private final List<OldCase> cases = new ArrayList<>();

  record Manifest(
      int schema,
      String kind,
      String state,
      List<String> arguments,
      List<String> unavailable,
      List<Entry> cases) {}

  record Entry(
      @JsonProperty("case") String slug,
      String harness,
      Map<String, String> axes,
      double flops,
      double bytes,
      String stop,
      String failure,
      List<Fork> forks) {}

  record Fork(int number, int block, double seconds, String file, String sha256) {}

  /** A case with what JMH wrote of its forks. */
  record OldCase(Case of, Entry entry, List<JmhBenchmark> benchmarks) {}

  private OldRun(Path path) {
    folder = InputFolder.open(path, KIND, SCHEMA, "no version wrote that");
    manifest = read(InputFolder.MANIFEST, Manifest.class);
    surroundings = read(RunFiles.ENVIRONMENT, Surroundings.class);
    for (Verification one : read(RunFiles.VERIFY, Verifications.class).verifications()) {
      if (!one.verdict().equals(RunFiles.AGREES)) {
        throw new InputException(
            folder.file(RunFiles.VERIFY).toString(),
            "verdict",
            one.verdict(),
            "expected " + RunFiles.AGREES);
      }
      verified
          .computeIfAbsent(key(one.slug(), one.fork()), _ -> new ArrayList<>())
          .add(
              new ForkResult.Verified(
                  one.when(), one.equal(), one.bounded(), one.shareOfBound(), one.detail()));
    }
    for (int i = 0; i < manifest.cases().size(); i++) {
      Entry entry = manifest.cases().get(i);
      String source = folder.file(InputFolder.MANIFEST) + ", case " + (i + 1);
      cases.add(
          new OldCase(
              Harness.read(source, entry.harness(), entry.axes()),
              entry,
              entry.forks().stream().map(fork -> benchmark(source, fork)).toList()));
    }
  }

  /**
   * Reads a run.
   *
   * @throws InputException if the folder holds no run of schema 1, or a file is damaged or changed
   */
  static OldRun read(Path path) {
    return new OldRun(path);
  }

  private <T> T read(String file, Class<T> type) {
    Path path = folder.file(file);
    return JsonFile.read(path, JsonFile.tree(path), type);
  }

  private static String key(String slug, int fork) {
    return slug + " " + fork;
  }

  private JmhBenchmark benchmark(String source, Fork fork) {
    if (!FORK.matcher(fork.file()).matches()) {
      throw new InputException(source, "file", fork.file(), "expected one in jmh/");
    }
    Path file = folder.file(fork.file());
    String digest = Sha256.of(JsonFile.bytes(file));
    if (!digest.equals(fork.sha256())) {
      throw new InputException(
          file.toString(), "SHA-256", digest, "expected that of the manifest: it was changed");
    }
    return JmhBenchmark.read(file);
  }

  Map<String, String> environment() {
    return surroundings.environment();
  }

  @Nullable JsonNode backends() {
    return surroundings.backends();
  }

  List<String> unavailable() {
    return manifest.unavailable();
  }

  /**
   * How the run measured: warm-ups and iterations as JMH tells, and forks and precision as the
   * arguments say, or as was usual without them.
   */
  RunPlan plan() {
    JsonNode described =
        cases.stream()
            .flatMap(each -> each.benchmarks().stream())
            .map(JmhBenchmark::description)
            .filter(each -> each.path("mode").asString("").equals("avgt"))
            .findFirst()
            .<JsonNode>map(each -> each)
            .orElseThrow(
                () ->
                    new InputException(
                        folder.file(InputFolder.MANIFEST).toString(),
                        "number of forks",
                        0,
                        "expected a run that measured something"));
    boolean beside = !arms().isEmpty();
    Matcher forks = FORKS.matcher(argument("--forks"));
    int fewest = forks.matches() ? Integer.parseInt(forks.group(1)) : beside ? 12 : 3;
    int most = beside ? 24 : manifest.arguments().contains("--quick") ? 3 : 8;
    if (forks.matches()) {
      most = forks.group(2) == null ? fewest : Integer.parseInt(forks.group(2));
    }
    return new RunPlan(
        0,
        arms(),
        described.path("warmupIterations").asInt(0),
        described.path("measurementIterations").asInt(1),
        milliseconds(described.path("measurementTime").asString("")),
        fewest,
        most,
        within());
  }

  private String arms() {
    if (cases.stream().anyMatch(each -> each.of().axis(Axis.BUILD).isPresent())) {
      return Axis.BUILD;
    }
    return manifest.arguments().contains("--versus") ? Axis.BACKEND : "";
  }

  private static long milliseconds(String text) {
    Matcher matcher = MILLISECONDS.matcher(text);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 1;
  }

  private double within() {
    Matcher percent = PERCENT.matcher(argument("--within"));
    return percent.matches() ? Double.parseDouble(percent.group(1)) / 100 : USUAL_WITHIN;
  }

  private String argument(String flag) {
    int index = manifest.arguments().indexOf(flag);
    return index < 0 || index + 1 == manifest.arguments().size()
        ? ""
        : manifest.arguments().get(index + 1);
  }

  /** Writes all cases to a log that has this run's plan. */
  void copyTo(RunLog log) {
    for (OldCase each : cases) {
      log.plan(each.of(), each.entry().flops(), each.entry().bytes());
    }
    log.begin();
    cases.forEach(each -> copyTo(log, each));
    boolean complete = manifest.state().equals("complete");
    log.finish(complete ? RunLog.State.COMPLETE : RunLog.State.PARTIAL);
  }

  private void copyTo(RunLog log, OldCase each) {
    Entry entry = each.entry();
    for (int i = 0; i < each.benchmarks().size(); i++) {
      Fork fork = entry.forks().get(i);
      JmhBenchmark benchmark = each.benchmarks().get(i);
      log.add(
          new ForkResult(
              each.of(),
              fork.number(),
              fork.block(),
              fork.seconds(),
              benchmark.primary().values(),
              benchmark.deviceNanoseconds(),
              benchmark.programNanoseconds(),
              verified.getOrDefault(key(entry.slug(), fork.number()), List.of())),
          benchmark);
    }
    if (!entry.failure().isEmpty()) {
      log.fail(each.of(), entry.failure());
    } else if (entry.stop().startsWith("the budget of ")) {
      log.leave(each.of(), entry.stop());
    } else if (!entry.stop().isEmpty()) {
      log.stop(each.of(), entry.stop());
    }
  }
}
