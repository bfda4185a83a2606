package dev.lockstep.bench.convert;

import dev.lockstep.file.Sha256;
import dev.lockstep.fuzz.FuzzTarget;
import dev.lockstep.fuzz.FuzzedFolder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The files of a run of an earlier version, converted, for a coverage-guided fuzzer: an input is
 * the content of one; the others are sound, and the manifest has the digest of the fork's.
 */
public enum OldRunFuzz implements FuzzTarget {
  MANIFEST("manifest.json", ""),
  ENVIRONMENT(
      "environment.json",
      """
      {"schema": 1, "environment": {"processor": "P"}}
      """),
  VERIFY(
      "verify.json",
      """
      {"schema": 1, "verifications": [{"case": "ceiling-fma-1", "fork": 1, "when": "before",
       "verdict": "AGREES", "equal": 4096, "bounded": 0, "share-of-bound": 0.0, "detail": ""}]}
      """),
  FORK(
      "jmh/ceiling-fma-1.fork1.json",
      """
      [{"jmhVersion": "1.37", "benchmark": "x.chains", "mode": "avgt", "forks": 1,
        "warmupIterations": 4, "measurementIterations": 2, "measurementTime": "250 ms",
        "primaryMetric": {"scoreUnit": "ns/op", "rawData": [[10.5, 11]]},
        "secondaryMetrics": {}}]
      """);

  private static final FuzzedFolder FOLDER = new FuzzedFolder("-old-run", soundFiles());

  private final String file;
  private final String text;

  OldRunFuzz(String file, String text) {
    this.file = file;
    this.text = text;
  }

  private static Map<String, byte[]> soundFiles() {
    Map<String, byte[]> files = FuzzedFolder.texts(values(), each -> each.file, each -> each.text);
    files.put(MANIFEST.file, manifest(FORK.text.getBytes(StandardCharsets.UTF_8)));
    return files;
  }

  private static byte[] manifest(byte[] fork) {
    return String.format(
            Locale.ROOT,
            """
            {"schema": 1, "kind": "lockstep-bench", "state": "partial",
             "arguments": ["--quick", "--within", "2%%", "--forks", "3..8"],
             "unavailable": ["cuda  UNAVAILABLE"],
             "cases": [{"case": "ceiling-fma-1", "harness": "ceiling-fma",
               "axes": {"threads": "1"}, "flops": 100.0, "bytes": 0.0,
               "stop": "the budget of 20 s is used up", "failure": "",
               "forks": [{"number": 1, "block": 0, "seconds": 1.5, "file": "%s",
                "sha256": "%s"}]}]}
            """,
            FORK.file,
            Sha256.of(fork))
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(FOLDER.sound().get(file));
  }

  @Override
  public void accept(byte[] input) {
    Map<String, byte[]> files = new HashMap<>(Map.of(file, input));
    if (this == FORK) {
      files.put(MANIFEST.file, manifest(input));
    }
    FOLDER.check(files, input.length, Converted::of);
  }
}
