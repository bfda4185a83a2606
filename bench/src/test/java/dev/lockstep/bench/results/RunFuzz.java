package dev.lockstep.bench.results;

import dev.lockstep.bench.files.Sha256;
import dev.lockstep.fuzz.Fuzzed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The files of a run, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}. The first byte says
 * which of the run's files has the rest for its content; the others are sound, and the manifest has
 * the digests of all.
 */
public final class RunFuzz {

  private RunFuzz() {}

  /** The files of a run, in the order of the first bytes that choose them. */
  enum File {
    MANIFEST("manifest.json", ""),
    VERIFY(
        RunFiles.VERIFY,
        """
        {"schema": 2, "verifications": [{"case": "ceiling-fma-2", "fork": 1, "when": "before",
         "verdict": "AGREES", "equal": 4096, "bounded": 0, "share-of-bound": 0.25,
         "detail": "each element"}]}
        """),
    ENVIRONMENT(
        RunFiles.ENVIRONMENT,
        """
        {"schema": 2, "environment": {"processor": "a processor", "cores": "2"}}
        """),
    SAMPLES(
        RunFiles.SAMPLES,
        """
        {"case": "ceiling-fma-2", "fork": 1, "block": 0, "seconds": 2.5, "ns": [1.5e3, 1600, 1.7e+3]}
        """),
    JMH(
        RunFiles.JMH,
        """
        [{"primaryMetric": {"scoreUnit": "ns/op", "rawData": [[1.5e3, 1600, 1.7e+3]]},
          "secondaryMetrics": {}}]
        """),
    JOURNAL(
        RunFiles.JOURNAL,
        """
        {"samples": {"case": "ceiling-fma-2", "fork": 1, "block": 0, "seconds": 2.5, "ns": [1600]},\
         "verifications": [{"case": "ceiling-fma-2", "fork": 1, "when": "before",\
         "verdict": "AGREES", "equal": 4096, "bounded": 0, "share-of-bound": 0.25, "detail": ""}],\
         "jmh": {"primaryMetric": {"scoreUnit": "ns/op", "rawData": [[1600]]}}}
        {"standstill": {"case": "ceiling-fma-2", "milliseconds": 4e3}}
        {"stop": {"case": "ceiling-fma-2", "ended": "budget", "stop": "late", "failure": ""}}
        """);

    private final String name;
    private final String text;

    File(String name, String text) {
      this.name = name;
      this.text = text;
    }

    /** What it has when it is sound. */
    byte[] sound() {
      if (this != MANIFEST) {
        return text.getBytes(StandardCharsets.UTF_8);
      }
      Map<File, byte[]> all = new EnumMap<>(File.class);
      for (File file : values()) {
        if (file != MANIFEST) {
          all.put(file, file.sound());
        }
      }
      return manifest("complete", all);
    }
  }

  private static byte[] manifest(String state, Map<File, byte[]> files) {
    boolean running = state.equals("running");
    StringBuilder digests = new StringBuilder();
    for (File file : files.keySet()) {
      if (!running && file != File.MANIFEST && file != File.JOURNAL) {
        digests
            .append(digests.isEmpty() ? "" : ", ")
            .append('"' + file.name + "\": \"" + Sha256.of(files.get(file)) + '"');
      }
    }
    return String.format(
            Locale.ROOT,
            """
            {"kind": "lockstep-bench", "schema": 2, "state": "%s", "plan": {"device": 0, "arms": "",
             "warm-ups": 5, "iterations": 3, "iteration-ms": 500, "fewest-forks": 3,
             "most-forks": 8, "within": 0.03}, "unavailable": ["cuda: none"], "cases": [{
             "case": "ceiling-fma-2", "harness": "ceiling-fma", "axes": {"threads": "2"},
             "flops": 1e9, "bytes": 4096, "forks": %d, "set-aside": 0, "ended": "%s", "stop": "%s", "failure": ""}],
             "files": {%s}}
            """,
            state,
            running ? 0 : 1,
            running ? "open" : "enough",
            running ? "" : "narrow",
            digests)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    if (content.length == 0) {
      return;
    }
    File chosen = File.values()[Byte.toUnsignedInt(content[0]) % File.values().length];
    byte[] rest = Arrays.copyOfRange(content, 1, content.length);
    Path folder = Fuzzed.path("-run");
    Map<File, byte[]> files = new EnumMap<>(File.class);
    for (File file : File.values()) {
      files.put(file, file == chosen ? rest : file.sound());
    }
    if (chosen != File.MANIFEST) {
      files.put(File.MANIFEST, manifest(chosen == File.JOURNAL ? "running" : "complete", files));
    }
    try {
      Files.createDirectories(folder);
      folder.toFile().deleteOnExit();
      for (Map.Entry<File, byte[]> file : files.entrySet()) {
        Files.write(folder.resolve(file.getKey().name), file.getValue()).toFile().deleteOnExit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Fuzzed.check(folder, content.length, RunReader::readUnfinished);
  }
}
