package dev.lockstep.bench.results;

import dev.lockstep.bench.Sha256;
import dev.lockstep.bench.results.ForkResult.Verified;
import dev.lockstep.model.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Reads a run back. What its manifest does not name is not there, and what it names must be as it
 * was written.
 */
public final class RunReader {

  /** The version of all JSON files of a run. */
  static final int SCHEMA = 1;

  static final String KIND = "lockstep-bench";

  private final Path folder;
  private final Map<ForkResult, String> digests = new LinkedHashMap<>();

  private RunReader(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads a run.
   *
   * @throws InputException if the folder holds none, or something in it is damaged, foreign, of
   *     another schema or not what was written
   */
  public static RunResult read(Path folder) {
    return new RunReader(folder).run();
  }

  /** A run to go on with: what it measured, and the digests of its forks' files. */
  public record Unfinished(RunResult run, Map<ForkResult, String> digests) {}

  /**
   * Reads a run to go on with; it may be empty.
   *
   * @throws InputException as {@link #read}
   */
  public static Unfinished readUnfinished(Path folder) {
    RunReader reader = new RunReader(folder);
    return new Unfinished(reader.any(), reader.digests);
  }

  private RunResult run() {
    RunResult run = any();
    if (run.cases().stream().allMatch(result -> result.forks().isEmpty())) {
      throw new InputException(
          manifest().toString(), "number of forks", 0, "expected a run that measured something");
    }
    return run;
  }

  private Path manifest() {
    return folder.resolve(RunFolder.MANIFEST);
  }

  private RunResult any() {
    if (!Files.isDirectory(folder)) {
      throw new InputException("results", "folder", folder, "expected one that `bench` wrote");
    }
    JsonNode manifest = JmhFile.tree(manifest());
    String kind = manifest.path("kind").asString("");
    if (!kind.equals(KIND)) {
      throw new InputException(manifest().toString(), "kind", kind, "expected " + KIND);
    }
    requireSchema(manifest(), manifest);
    Map<String, List<Verified>> verified = verified();
    List<CaseResult> cases = new ArrayList<>();
    for (JsonNode node : array(manifest, "cases")) {
      cases.add(caseOf(node, verified));
    }
    return new RunResult(
        String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
        text(manifest, "state").equals("complete"),
        texts(manifest, "arguments"),
        environment(),
        texts(manifest, "unavailable"),
        cases);
  }

  private void requireSchema(Path file, JsonNode json) {
    int schema = json.path("schema").asInt(0);
    if (schema != SCHEMA) {
      throw new InputException(
          file.toString(), "schema", json.path("schema"), "expected " + SCHEMA);
    }
  }

  private CaseResult caseOf(JsonNode node, Map<String, List<Verified>> verified) {
    Map<String, String> axes = new LinkedHashMap<>();
    JsonNode values = node.path("axes");
    values.forEachEntry((name, value) -> axes.put(name, value.asString("")));
    Case of = new Case(text(node, "harness"), axes);
    List<ForkResult> forks = new ArrayList<>();
    for (JsonNode fork : array(node, "forks")) {
      forks.add(fork(of, fork, verified));
    }
    return new CaseResult(
        of,
        node.path("flops").asDouble(0),
        node.path("bytes").asDouble(0),
        text(node, "stop"),
        text(node, "failure"),
        forks);
  }

  private ForkResult fork(Case of, JsonNode node, Map<String, List<Verified>> verified) {
    Path file = folder.resolve(text(node, "file")).normalize();
    if (!file.startsWith(folder.normalize())) {
      throw new InputException(
          manifest().toString(), "file", text(node, "file"), "expected one inside the folder");
    }
    String digest = digest(file);
    if (!digest.equals(text(node, "sha256"))) {
      throw new InputException(
          file.toString(), "SHA-256", digest, "expected that of the manifest: it was changed");
    }
    JmhFile times = JmhFile.read(file);
    int number = node.path("number").asInt(0);
    ForkResult fork =
        new ForkResult(
            of,
            number,
            node.path("block").asInt(0),
            node.path("seconds").asDouble(0),
            times.nanoseconds(),
            times.deviceNanoseconds(),
            times.programNanoseconds(),
            verified.getOrDefault(of.slug() + " " + number, List.of()));
    if (fork.verifications().isEmpty()) {
      throw new InputException(
          folder.resolve(RunFolder.VERIFY).toString(),
          of + ", fork " + number,
          "absent",
          "so it has no number: it was not verified");
    }
    digests.put(fork, digest);
    return fork;
  }

  private static String digest(Path file) {
    try {
      return Sha256.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private Map<String, List<Verified>> verified() {
    Map<String, List<Verified>> all = new LinkedHashMap<>();
    Path file = folder.resolve(RunFolder.VERIFY);
    if (!Files.exists(file)) {
      return all; // a run that was killed before its first fork ended
    }
    JsonNode json = JmhFile.tree(file);
    requireSchema(file, json);
    for (JsonNode node : array(json, "verifications")) {
      all.computeIfAbsent(
              text(node, "case") + " " + node.path("fork").asInt(0), _ -> new ArrayList<>())
          .add(
              new Verified(
                  text(node, "when"),
                  node.path("equal").asLong(0),
                  node.path("bounded").asLong(0),
                  node.path("share-of-bound").asDouble(0),
                  text(node, "detail")));
    }
    return all;
  }

  private Map<String, String> environment() {
    Path file = folder.resolve(RunFolder.ENVIRONMENT);
    JsonNode json = JmhFile.tree(file);
    requireSchema(file, json);
    Map<String, String> facts = new LinkedHashMap<>();
    json.path("environment").forEachEntry((name, value) -> facts.put(name, value.asString("")));
    return facts;
  }

  private JsonNode array(JsonNode node, String field) {
    JsonNode array = node.path(field);
    if (!array.isArray()) {
      throw new InputException(manifest().toString(), field, array, "expected a list");
    }
    return array;
  }

  private List<String> texts(JsonNode node, String field) {
    List<String> texts = new ArrayList<>();
    array(node, field).forEach(text -> texts.add(text.asString("")));
    return texts;
  }

  private String text(JsonNode node, String field) {
    JsonNode text = node.path(field);
    if (!text.isString()) {
      throw new InputException(manifest().toString(), field, text, "expected a text");
    }
    return text.stringValue();
  }
}
