package dev.lockstep.bench.results;

import dev.lockstep.bench.files.Sha256;
import dev.lockstep.fuzz.Fuzzed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * The JSON of a run, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}. The first byte says
 * which of the run's files has the rest for its content; the others are sound.
 */
public final class RunFuzz {

  private static final Case CASE = new Case("step", Map.of("backend", "vector"));

  private RunFuzz() {}

  /** The files of a run, in the order of the first bytes that choose them. */
  enum File {
    MANIFEST(RunFolder.MANIFEST, "$manifest"),
    VERIFY(
        RunFolder.VERIFY,
        String.format(
            Locale.ROOT,
            """
            {"schema": 1, "verifications": [{"case": "%s", "fork": 1, "when": "before", "equal": 4096,
             "bounded": 0, "share-of-bound": 0.25, "detail": "each element"}]}
            """,
            CASE.slug())),
    ENVIRONMENT(
        RunFolder.ENVIRONMENT,
        """
        {"schema": 1, "environment": {"processor": "a processor", "cores": "2"}}
        """),
    FORK(
        "fork.json",
        """
        [{"primaryMetric": {"scoreUnit": "ns/op", "rawData": [[1.5e3, 1600, 1.7e+3]]},
          "secondaryMetrics": {}}]
        """);

    private final String name;
    private final String text;

    File(String name, String text) {
      this.name = name;
      this.text = text;
    }

    /** What it has when it is sound. */
    byte[] sound() {
      return (this == MANIFEST ? manifest(FORK.sound()) : text).getBytes(StandardCharsets.UTF_8);
    }
  }

  private static String manifest(byte[] fork) {
    return String.format(
        Locale.ROOT,
        """
        {"kind": "lockstep-bench", "schema": 1, "state": "complete", "arguments": ["bench"],
         "unavailable": ["cuda: none"], "cases": [{"harness": "step", "axes": {"backend": "vector"},
         "flops": 1e9, "bytes": 4096, "stop": "narrow", "failure": "", "forks": [{"number": 1,
         "block": 0, "seconds": 2.5, "file": "fork.json", "sha256": "%s"}]}]}
        """,
        Sha256.of(fork));
  }

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    if (content.length == 0) {
      return;
    }
    File chosen = File.values()[Byte.toUnsignedInt(content[0]) % File.values().length];
    byte[] rest = Arrays.copyOfRange(content, 1, content.length);
    Path folder = Fuzzed.path("-run");
    try {
      Files.createDirectories(folder);
      folder.toFile().deleteOnExit();
      for (File file : File.values()) {
        byte[] bytes = file == chosen ? rest : file.sound();
        if (file == File.MANIFEST && chosen == File.FORK) {
          bytes = manifest(rest).getBytes(StandardCharsets.UTF_8);
        }
        Path path = Files.write(folder.resolve(file.name), bytes);
        path.toFile().deleteOnExit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Fuzzed.check(folder, content.length, RunReader::read);
  }
}
