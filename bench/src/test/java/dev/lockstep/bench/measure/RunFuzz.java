package dev.lockstep.bench.measure;

import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.file.Sha256;
import dev.lockstep.fuzz.FuzzTarget;
import dev.lockstep.fuzz.FuzzedFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The files of a run, read and reported, for a coverage-guided fuzzer: an input is the content of
 * one; the others are sound, and the manifest has the digests of all.
 */
public enum RunFuzz implements FuzzTarget {
  MANIFEST("manifest.json", ""),
  VERIFY(
      "verify.json",
      """
      {"schema": 2, "verifications": [
       {"case": "ceiling-fma-2", "fork": 1, "when": "before", "verdict": "AGREES", "equal": 4096,
        "bounded": 0, "share-of-bound": 0.25, "detail": "each element"},
       {"case": "product-vector-7x33x9-AB-1", "fork": 1, "when": "after",
        "verdict": "AGREES", "equal": 0, "bounded": 64, "share-of-bound": 0.5, "detail": ""},
       {"case": "product-vector-7x33x9-AB-1", "fork": 2, "when": "after",
        "verdict": "AGREES", "equal": 0, "bounded": 64, "share-of-bound": 0.5, "detail": ""}]}
      """),
  ENVIRONMENT(
      "environment.json",
      """
      {"schema": 2, "environment": {"processor": "a processor", "cores": "2"}}
      """),
  SAMPLES(
      "samples.jsonl",
      """
      {"case": "ceiling-fma-2", "fork": 1, "block": 0, "seconds": 2.5, "ns": [1.5e3, 1600]}
      {"case": "product-vector-7x33x9-AB-1", "fork": 1, "block": 0, "seconds": 3, "ns": [9.5]}
      {"case": "product-vector-7x33x9-AB-1", "fork": 2, "block": 0, "seconds": 3, "ns": [8.5]}
      """),
  JMH(
      "jmh.json",
      """
      [{"primaryMetric": {"scoreUnit": "ns/op", "rawData": [[1.5e3, 1600]]},
        "secondaryMetrics": {}},
       {"primaryMetric": {"scoreUnit": "ns/op", "rawData": [[9.5], [8.5]]},
        "secondaryMetrics": {}}]
      """),
  JOURNAL(
      "journal.jsonl",
      """
      {"samples": {"case": "ceiling-fma-2", "fork": 1, "block": 0, "seconds": 2.5, "ns": [1600]},\
       "verifications": [{"case": "ceiling-fma-2", "fork": 1, "when": "before",\
       "verdict": "AGREES", "equal": 4096, "bounded": 0, "share-of-bound": 0.25, "detail": ""}],\
       "jmh": {"primaryMetric": {"scoreUnit": "ns/op", "rawData": [[1600]]}}}
      {"standstill": {"case": "ceiling-fma-2", "milliseconds": 4e3}}
      {"stop": {"case": "ceiling-fma-2", "ended": "budget", "stop": "late", "failure": ""}}
      """);

  private static final FuzzedFolder FOLDER = new FuzzedFolder("-run", soundFiles());

  private final String file;
  private final String text;

  RunFuzz(String file, String text) {
    this.file = file;
    this.text = text;
  }

  private static Map<String, byte[]> soundFiles() {
    Map<String, byte[]> files = FuzzedFolder.texts(values(), each -> each.file, each -> each.text);
    files.put(MANIFEST.file, manifest("complete", files));
    return files;
  }

  private static byte[] manifest(String state, Map<String, byte[]> files) {
    boolean running = state.equals("running");
    StringBuilder digests = new StringBuilder();
    for (RunFuzz each : List.of(VERIFY, ENVIRONMENT, SAMPLES, JMH)) {
      if (!running) {
        digests
            .append(digests.isEmpty() ? "" : ", ")
            .append(
                '"'
                    + each.file
                    + "\": \""
                    + Sha256.of(Objects.requireNonNull(files.get(each.file)))
                    + '"');
      }
    }
    String ended =
        String.format(
            Locale.ROOT,
            "\"set-aside\": 0, \"ended\": \"%s\", \"stop\": \"%s\", \"failure\": \"\"",
            running ? "open" : "enough",
            running ? "" : "narrow");
    return String.format(
            Locale.ROOT,
            """
            {"kind": "lockstep-bench", "schema": 2, "state": "%s", "plan": {"device": 0, "arms": "",
             "warm-ups": 5, "iterations": 3, "iteration-ms": 500, "fewest-forks": 3,
             "most-forks": 8, "within": 0.03}, "unavailable": ["cuda: none"], "cases": [
             {"case": "ceiling-fma-2", "harness": "ceiling-fma", "axes": {"threads": "2"},
              "flops": 1e9, "bytes": 4096, "forks": %d, %s},
             {"case": "product-vector-7x33x9-AB-1", "harness": "product", "axes":
              {"backend": "vector", "shape": "7x33x9", "form": "AB", "threads": "1"},
              "flops": 4158, "bytes": 0, "forks": %d, %s}],
             "files": {%s}}
            """,
            state,
            running ? 0 : 1,
            ended,
            running ? 0 : 2,
            ended,
            digests)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(FOLDER.sound().get(file));
  }

  @Override
  public void accept(byte[] input) {
    Map<String, byte[]> files = FOLDER.sound();
    files.put(file, input);
    if (this != MANIFEST) {
      files.put(MANIFEST.file, manifest(this == JOURNAL ? "running" : "complete", files));
    }
    files.keySet().retainAll(List.of(file, MANIFEST.file));
    FOLDER.check(files, input.length, RunFuzz::report);
  }

  private static void report(Path folder) {
    RunResult run = RunReader.readUnfinished(folder).run();
    if (run.cases().stream().anyMatch(each -> !each.forks().isEmpty())) {
      Printer.lines(80, UnaryOperator.identity(), to -> Answer.print(run, to));
    }
  }

  /** The run that was read last. */
  static RunResult read() {
    return RunReader.readUnfinished(FOLDER.path()).run();
  }
}
