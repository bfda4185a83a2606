package dev.lockstep.bench.map;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.OutputFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A small map in a folder: each thing that can become of a network, once. */
public final class WrittenMap {

  static final int STEPS = 200;

  static final List<MapResult.Row> ROWS =
      List.of(
          new MapResult.Row("vector", 2, 7, 33, "AGREES", "held", List.of(1, 1), null),
          new MapResult.Row(
              "openblas",
              1,
              33,
              2,
              "AGREES",
              "broken",
              List.of(1, 3),
              new MapResult.Break(
                  55,
                  2,
                  31,
                  32,
                  "forward product and activation, \"layer\" 2",
                  "unit 0 is one chain of 64 fma, \"and\" unit 31 is not")),
          new MapResult.Row(
              "cublas", null, 2, 7, "INCONCLUSIVE", "did not move", List.of(1, 1), null),
          new MapResult.Row("cuda", null, 2, 7, "UNAVAILABLE", "not run", List.of(), null));

  static final List<String> ENVIRONMENT =
      List.of("processor  P, two cores", "GPU  none: no driver", "  at all");

  private WrittenMap() {}

  /** Writes a map that ran to its end. */
  public static void write(Path path) {
    write(path, "complete");
  }

  /** Writes a map in a state. */
  static void write(Path path, String state) {
    OutputFolder.Form form = new OutputFolder.Form(InputFolder.MANIFEST, Set.of(), "");
    try (OutputFolder folder = OutputFolder.begin("--out", path, form)) {
      write(folder, MapFolder.ENVIRONMENT, ENVIRONMENT);
      write(folder, MapFolder.CSV, MapFolder.csv(ROWS));
      write(folder, MapFolder.TEXT, List.of("a table"));
      ObjectNode json = Document.MAP.begin().put("state", state).put("steps", STEPS);
      folder.digests().forEach(json.putObject("files")::put);
      folder.write(InputFolder.MANIFEST, JsonFile.text(json));
      folder.keep();
    }
  }

  private static void write(OutputFolder folder, String file, List<String> lines) {
    folder.write(file, (String.join("\n", lines) + "\n").getBytes(UTF_8));
  }
}
