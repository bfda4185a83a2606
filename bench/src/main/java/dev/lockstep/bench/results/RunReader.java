package dev.lockstep.bench.results;

import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.Sha256;
import dev.lockstep.bench.results.ForkResult.Verified;
import dev.lockstep.bench.results.RunFiles.Manifest;
import dev.lockstep.bench.results.RunFiles.Verification;
import dev.lockstep.bench.results.RunFiles.Verifications;
import dev.lockstep.input.InputException;
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
    JsonNode json = JsonFile.tree(manifest());
    String kind = json.path("kind").asString("");
    if (!kind.equals(RunFiles.KIND)) {
      throw new InputException(manifest().toString(), "kind", kind, "expected " + RunFiles.KIND);
    }
    requireSchema(manifest(), json);
    Manifest manifest = JsonFile.read(manifest(), json, Manifest.class);
    Map<String, List<Verified>> verified = verified();
    return new RunResult(
        String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
        manifest.state().equals("complete"),
        manifest.arguments(),
        environment(),
        manifest.unavailable(),
        manifest.cases().stream().map(entry -> caseOf(entry, verified)).toList());
  }

  private void requireSchema(Path file, JsonNode json) {
    int schema = json.path("schema").asInt(0);
    if (schema != RunFiles.SCHEMA) {
      throw new InputException(
          file.toString(), "schema", json.path("schema"), "expected " + RunFiles.SCHEMA);
    }
  }

  private CaseResult caseOf(RunFiles.Entry entry, Map<String, List<Verified>> verified) {
    Case of = entry.of();
    return new CaseResult(
        of,
        entry.flops(),
        entry.bytes(),
        entry.stop(),
        entry.failure(),
        entry.forks().stream().map(fork -> fork(of, fork, verified)).toList());
  }

  private ForkResult fork(Case of, RunFiles.Fork entry, Map<String, List<Verified>> verified) {
    Path file = folder.resolve(entry.file()).normalize();
    if (!file.startsWith(folder.normalize())) {
      throw new InputException(
          manifest().toString(), "file", entry.file(), "expected one inside the folder");
    }
    String digest = digest(file);
    if (!digest.equals(entry.sha256())) {
      throw new InputException(
          file.toString(), "SHA-256", digest, "expected that of the manifest: it was changed");
    }
    JmhFile times = JmhFile.read(file);
    ForkResult fork =
        new ForkResult(
            of,
            entry.number(),
            entry.block(),
            entry.seconds(),
            times.nanoseconds(),
            times.deviceNanoseconds(),
            times.programNanoseconds(),
            verified.getOrDefault(of.slug() + " " + entry.number(), List.of()));
    if (fork.verifications().isEmpty()) {
      throw new InputException(
          folder.resolve(RunFolder.VERIFY).toString(),
          of + ", fork " + entry.number(),
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
    JsonNode json = JsonFile.tree(file);
    requireSchema(file, json);
    for (Verification one : JsonFile.read(file, json, Verifications.class).verifications()) {
      all.computeIfAbsent(one.slug() + " " + one.fork(), _ -> new ArrayList<>())
          .add(
              new Verified(
                  one.when(), one.equal(), one.bounded(), one.shareOfBound(), one.detail()));
    }
    return all;
  }

  private Map<String, String> environment() {
    Path file = folder.resolve(RunFolder.ENVIRONMENT);
    JsonNode json = JsonFile.tree(file);
    requireSchema(file, json);
    return JsonFile.read(file, json, RunFiles.Surroundings.class).environment();
  }
}
