package dev.lockstep.bench.suite;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cells.LockstepFields;
import dev.lockstep.bench.check.CheckDocument;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.map.ClassMap;
import dev.lockstep.bench.map.MapResult;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Provenance;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a suite from its folder. Nothing in a folder is trusted. */
public final class SuiteContents {

  private static final String DOCTOR = "doctor.json";
  private static final String CHECK = "check.json";
  private static final String CLASSES = "classes.json";
  private static final String TIMINGS = "timings.json";

  private static final List<String> FILES = List.of(DOCTOR, CHECK, CLASSES, TIMINGS);

  /** What a suite adds to each part that another command has too. */
  private static final List<String> OF_A_PART = List.of("part", "state", "left-out");

  private final String name;
  private final InputFolder folder;
  private final Manifest manifest;
  private final List<Provenance.Warned> warnings = new ArrayList<>();

  private record Manifest(
      int schema,
      String kind,
      String state,
      String cuda,
      List<Part> parts,
      Map<String, String> files) {}

  private record Part(String name, String file, String state) {}

  private SuiteContents(String name, InputFolder folder) {
    this.name = name;
    this.folder = folder;
    Path file = folder.file(InputFolder.MANIFEST);
    manifest = JsonFile.read(file, folder.manifest(), Manifest.class);
    if (!InputFolder.isComplete(file.toString(), manifest.state())) {
      warnings.add(
          new Provenance.Warned("partial", "The suite was cut short; some results are missing."));
    }
    folder.declare(manifest.files(), FILES, List.of("summary.md"));
  }

  /**
   * Reads a suite and adds its parts to a page.
   *
   * @throws InputException if the folder holds no suite, or a file is damaged or was changed
   */
  public static void addTo(Contents contents, String name, Path path) {
    new SuiteContents(
            name,
            InputFolder.open(
                path,
                Document.SUITE.kind(),
                Document.SUITE.version(),
                "`lockstep suite` makes another"))
        .addTo(contents);
  }

  private void addTo(Contents contents) {
    if (has(CHECK)) {
      ObjectNode check = (ObjectNode) tree(CHECK);
      check.remove(OF_A_PART);
      contents.add(name, CheckDocument.of(source(CHECK), check));
    }
    if (has(CLASSES)) {
      JsonNode classes = tree(CLASSES);
      // Without a backend on CUDA there are none.
      if (classes.has("rows")) {
        contents.add(name, classes(classes));
      }
    }
    if (has(TIMINGS)) {
      contents.add(name, new SuiteTimes(times()));
    }
    contents.add(
        name, new Provenance(facts(), List.of("lockstep suite --out DIR --budget 8m"), warnings));
  }

  private boolean has(String file) {
    return manifest.files().containsKey(file);
  }

  private String source(String file) {
    return folder.file(file).toString();
  }

  private JsonNode tree(String file) {
    JsonNode json = folder.tree(file);
    if (!json.isObject()) {
      throw new InputException(source(file), "document", json, "expected an object");
    }
    return json;
  }

  private JsonNode list(String file, JsonNode json, String field) {
    JsonNode list = json.path(field);
    if (!list.isArray()) {
      throw new InputException(source(file), field, shown(list), "expected a list");
    }
    Limits.COMBINATIONS.require(source(file), field, list.size());
    return list;
  }

  private static Object shown(JsonNode value) {
    return value.isMissingNode() ? "missing" : value;
  }

  private MapResult classes(JsonNode json) {
    String source = source(CLASSES);
    List<MapResult.Row> all = new ArrayList<>();
    for (JsonNode row : list(CLASSES, json, "rows")) {
      all.add(row(source, JsonFile.read(source, row, ClassMap.Row.class)));
    }
    JsonNode steps = json.path("steps");
    if (!steps.isInt() || steps.intValue() < 1) {
      throw new InputException(
          source, "steps", shown(steps), "expected a whole number of at least 1");
    }
    return new MapResult(steps.intValue(), true, List.of(), all);
  }

  private static MapResult.Row row(String source, ClassMap.Row row) {
    LockstepFields lockstep = row.lockstep();
    lockstep.require(source);
    Axis.require(source, Axis.BACKEND, row.backend());
    Axis.require(source, Axis.WIDTH, String.valueOf(row.width()));
    Axis.require(source, Axis.BATCH, String.valueOf(row.batch()));
    return new MapResult.Row(
        row.backend(),
        null,
        row.width(),
        row.batch(),
        row.verdict().name(),
        lockstep.word(),
        lockstep.classes() == null ? List.of() : List.of(lockstep.classes()),
        lockstep.state() == LockstepFields.State.BROKEN ? MapResult.Break.of(lockstep) : null);
  }

  private List<SuiteTimes.Time> times() {
    String source = source(TIMINGS);
    List<SuiteTimes.Time> times = new ArrayList<>();
    for (JsonNode one : list(TIMINGS, tree(TIMINGS), "measurements")) {
      times.add(SuiteTimes.Time.of(source, one));
    }
    return times;
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    if (has(DOCTOR)) {
      JsonNode environment = tree(DOCTOR).path("environment");
      if (!environment.isObject()) {
        throw new InputException(
            source(DOCTOR), "environment", shown(environment), "expected an object");
      }
      environment.forEachEntry(
          (fact, value) -> {
            if (!value.isString()) {
              throw new InputException(source(DOCTOR), fact, value, "expected a text");
            }
            facts.put(fact, value.stringValue());
          });
    }
    return facts;
  }
}
