package dev.lockstep.bench.suite;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.OutputFolder;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.files.ResultsFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The results folder of a suite: one JSON file for each part, a manifest that says which parts are
 * complete, and at the end the summary. Files are replaced atomically. A run that is interrupted
 * keeps what it has written, and its manifest says {@code partial}.
 */
final class SuiteFolder implements AutoCloseable {

  /** Schema version of the parts. */
  static final int SCHEMA = 2;

  private static final OutputFolder.Form FORM =
      new OutputFolder.Form(InputFolder.MANIFEST, Set.of(), "expected an empty one");

  private final OutputFolder folder;
  private final Cuda cuda;
  private final Map<String, State> parts = new LinkedHashMap<>();

  /** What CUDA runs on. */
  enum Cuda {
    /** No device that works. */
    NONE,
    /** An emulated device on the CPU. */
    EMULATED,
    /** A GPU. */
    REAL
  }

  /** The state of a part. */
  enum State {
    /** The part has not begun or was left out. */
    ABSENT,
    /** Some results are missing: time was up, or the run was interrupted. */
    PARTIAL,
    /** The part is complete. */
    COMPLETE,
    /** The part cannot run on this machine; its file says why. */
    UNAVAILABLE
  }

  private SuiteFolder(OutputFolder folder, Cuda cuda, List<String> names) {
    this.folder = folder;
    this.cuda = cuda;
    names.forEach(name -> parts.put(name, State.ABSENT));
  }

  /**
   * Creates the folder, or takes an empty one.
   *
   * @param cuda what CUDA runs on; results of an emulated device must not lie below {@code
   *     results/}
   * @param names names of the parts to come
   * @throws dev.lockstep.input.InputException if the folder cannot be created, is not empty, or
   *     lies where it must not
   */
  static SuiteFolder create(Path folder, Cuda cuda, List<String> names) {
    ResultsFolder.guard(
        cuda == Cuda.EMULATED ? Hardware.EMULATED : Hardware.REAL,
        "--out",
        folder.resolve(InputFolder.MANIFEST));
    return new SuiteFolder(OutputFolder.begin("--out", folder, FORM), cuda, names);
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
    folder.keep();
  }

  /** Writes the summary, then the final manifest. */
  void finish(List<String> summary) {
    String text = PathFree.text(String.join("\n", summary) + "\n");
    folder.write("summary.md", text.getBytes(StandardCharsets.UTF_8));
    boolean complete =
        parts.values().stream()
            .allMatch(state -> state == State.COMPLETE || state == State.UNAVAILABLE);
    writeManifest(complete ? State.COMPLETE : State.PARTIAL);
  }

  private void writeManifest(State state) {
    ObjectNode json = Document.SUITE.begin();
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
    folder.digests().forEach(json.putObject("files")::put);
    write(InputFolder.MANIFEST, json);
  }

  private void write(String file, ObjectNode json) {
    folder.write(file, JsonFile.text(PathFree.tree(json)));
  }

  @Override
  public void close() {
    folder.close();
  }
}
