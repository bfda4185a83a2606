package dev.lockstep.bench.suite;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.suite.SuiteFolder.Cuda;
import dev.lockstep.bench.suite.SuiteFolder.State;
import dev.lockstep.fuzz.FuzzTarget;
import dev.lockstep.fuzz.Fuzzed;
import dev.lockstep.fuzz.FuzzedFolder;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The files of suites and maps, read and written, for a coverage-guided fuzzer. */
public enum SuiteFuzz implements FuzzTarget {
  /** The manifest of a folder that a command is given as a run. */
  MANIFEST {
    @Override
    public List<byte[]> seeds() {
      String suite =
          """
          {"schema": 2, "kind": "lockstep-suite", "state": "complete", "cuda": "NONE",
           "parts": [{"name": "check", "file": "check.json", "state": "complete"}],
           "files": {"check.json": "0123456789abcdef0123456789abcdef"}}
          """;
      String map =
          """
          {"schema": 2, "kind": "lockstep-map", "state": "complete", "files": {"map.csv": "0"}}
          """;
      return List.of(suite.getBytes(UTF_8), map.getBytes(UTF_8));
    }

    @Override
    public void accept(byte[] input) {
      FOLDER.check(Map.of("manifest.json", input), input.length, RunReader::read);
    }
  },

  /** The content of a part, which has names and answers of others: written, and read back. */
  PART {
    @Override
    public List<byte[]> seeds() {
      String part =
          """
          {"device": "cuBLAS 12 (/home/me/lib/libcublas.so.12)", "numbers": [1, -2.5e-30, "NaN"],
           "environment": {"\\u202e/a:/b //c/d e": "~/.x /usr/local/cuda*, \\u0007"}}
          """;
      return List.of(part.getBytes(UTF_8));
    }

    @Override
    public void accept(byte[] input) {
      Fuzzed.check(WRITTEN, input.length, folder -> write(folder, input));
    }
  };

  private static final FuzzedFolder FOLDER = new FuzzedFolder("-results", Map.of());
  private static final Path WRITTEN = Fuzzed.path("-suite");
  private static final SuiteFolder SUITE = SuiteFolder.create(WRITTEN, Cuda.NONE, List.of("check"));

  static {
    for (String name : new String[] {"", "manifest.json", "check.json"}) {
      WRITTEN.resolve(name).toFile().deleteOnExit();
    }
  }

  private static void write(Path folder, byte[] input) {
    JsonNode content;
    try {
      content = JsonFile.tree(folder.toString(), input);
    } catch (InputException noJson) {
      return;
    }
    if (!(content instanceof ObjectNode object)) {
      return;
    }
    SUITE.write("check", State.COMPLETE, object);
    JsonNode read = JsonFile.tree(folder.resolve("check.json"));
    ObjectNode expected = JsonMapper.shared().createObjectNode();
    expected.put("schema", SuiteFolder.SCHEMA).put("part", "check");
    expected.put("state", "complete").put("cuda", "NONE").setAll(object);
    if (!read.toString().equals(PathFree.tree(expected).toString())) {
      throw new AssertionError("what was read is not what was written: " + read);
    }
  }
}
