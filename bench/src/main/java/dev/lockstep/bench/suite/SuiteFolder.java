package dev.lockstep.bench.suite;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.files.ResultsFolder;
import dev.lockstep.file.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The folder that a suite leaves behind: a JSON file a part, each whole at any time, a manifest
 * that says which of them are complete, and at the end the summary. A run that is cut off keeps
 * what it has written, and its manifest says {@code partial}.
 */
final class SuiteFolder {

  /** The version of all its JSON files. */
  static final int SCHEMA = 1;

  private static final String MANIFEST = "manifest.json";

  private final Path folder;
  private final Cuda cuda;
  private final Map<String, State> parts = new LinkedHashMap<>();

  /** What stands behind CUDA. */
  enum Cuda {
    /** Nothing that works. */
    NONE,
    /** A program on the CPU. */
    EMULATED,
    /** A GPU. */
    REAL
  }

  /** How far a part is. */
  enum State {
    /** It has not begun, or was left out. */
    ABSENT,
    /** Something is missing: time was up, or the run was cut off. */
    PARTIAL,
    /** All of it is there. */
    COMPLETE,
    /** Nothing of it can be had on this machine; the file says why. */
    UNAVAILABLE
  }

  private SuiteFolder(Path folder, Cuda cuda, List<String> names) {
    this.folder = folder;
    this.cuda = cuda;
    names.forEach(name -> parts.put(name, State.ABSENT));
  }

  /**
   * Makes it, or takes one that is empty.
   *
   * @param cuda what there is; an emulated one's results do not belong below {@code results/}
   * @param names of the parts to come
   * @throws dev.lockstep.input.InputException if it cannot be made, is not empty, or lies where it
   *     must not
   */
  static SuiteFolder create(Path folder, Cuda cuda, List<String> names) {
    ResultsFolder.guard(
        cuda == Cuda.EMULATED ? Hardware.EMULATED : Hardware.REAL,
        "--out",
        folder.resolve(MANIFEST));
    ResultsFolder.makeEmpty("--out", folder, "expected an empty one");
    SuiteFolder made = new SuiteFolder(folder, cuda, names);
    made.writeManifest(State.PARTIAL);
    return made;
  }

  /** Writes or replaces a part. */
  void write(String part, State state, ObjectNode content) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", SCHEMA);
    json.put("part", part);
    json.put("state", state.name().toLowerCase(Locale.ROOT));
    json.put("cuda", cuda.name());
    json.setAll(content);
    write(part + ".json", json);
    parts.put(part, state);
    writeManifest(State.PARTIAL);
  }

  /** Writes the summary, and last of all the manifest. */
  void finish(List<String> summary) {
    byte[] text = PathFree.text(String.join("\n", summary) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve("summary.md"), out -> out.write(text));
    boolean complete =
        parts.values().stream()
            .allMatch(state -> state == State.COMPLETE || state == State.UNAVAILABLE);
    writeManifest(complete ? State.COMPLETE : State.PARTIAL);
  }

  private void writeManifest(State state) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", SCHEMA);
    json.put("state", state.name().toLowerCase(Locale.ROOT));
    json.put("cuda", cuda.name());
    ArrayNode array = json.putArray("parts");
    parts.forEach(
        (name, is) ->
            array
                .addObject()
                .put("name", name)
                .put("file", name + ".json")
                .put("state", is.name().toLowerCase(Locale.ROOT)));
    write(MANIFEST, json);
  }

  private void write(String file, ObjectNode json) {
    JsonFile.write(folder.resolve(file), PathFree.tree(json));
  }
}
