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
 * Reads a run from its folder. Only files named in the manifest count, and each must be unchanged
 * since it was written.
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
   * @throws InputException if the folder holds no run, nothing was measured, or a file is damaged,
   *     foreign, of another schema or changed
   */
  public static RunResult read(Path folder) {
    return new RunReader(folder).run();
  }

  /** An unfinished run with the SHA-256 of each fork's file. */
  public record Unfinished(RunResult run, Map<ForkResult, String> digests) {}

  /**
   * Reads a run in order to continue it; it may have no measurement yet.
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
    Manifest manifest = read(manifest(), json, Manifest.class);
    Map<String, List<Verified>> verified = verified();
    return new RunResult(
        String.valueOf(folder.toAbsolutePath().normalize().getFileName()),
        manifest.state().equals("complete"),
        manifest.arguments(),
        environment(),
        manifest.unavailable(),
        manifest.cases().stream().map(entry -> caseOf(entry, verified)).toList());
  }

  private static <T> T read(Path file, JsonNode json, Class<T> type) {
    int schema = json.path("schema").asInt(0);
    if (schema != RunFiles.SCHEMA) {
      throw new InputException(
          file.toString(), "schema", json.path("schema"), "expected " + RunFiles.SCHEMA);
    }
    return JsonFile.read(file, json, type);
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
      return all; // the run was killed during its first fork
    }
    Verifications read = read(file, JsonFile.tree(file), Verifications.class);
    for (Verification one : read.verifications()) {
      all.computeIfAbsent(one.slug() + " " + one.fork(), _ -> new ArrayList<>())
          .add(
              new Verified(
                  one.when(), one.equal(), one.bounded(), one.shareOfBound(), one.detail()));
    }
    return all;
  }

  private Map<String, String> environment() {
    Path file = folder.resolve(RunFolder.ENVIRONMENT);
    return read(file, JsonFile.tree(file), RunFiles.Surroundings.class).environment();
  }
}
