package dev.lockstep.bench.results;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.results.RunFiles.Line;
import dev.lockstep.bench.results.RunFiles.Manifest;
import dev.lockstep.bench.results.RunFiles.Samples;
import dev.lockstep.bench.results.RunFiles.Verification;
import dev.lockstep.bench.results.RunFiles.Verifications;
import dev.lockstep.bench.results.RunLog.State;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Reads a run from its folder, finished or not. Nothing in a folder is trusted: the files of a
 * finished run must be as the manifest says, and every value must be one that a run can have.
 */
public final class RunReader {

  private final InputFolder folder;
  private final Map<String, CaseReader> cases = new LinkedHashMap<>();

  private RunReader(Path path) {
    folder =
        InputFolder.open(
            path, RunFiles.KIND, RunFiles.SCHEMA, "`lockstep convert` makes one of it");
  }

  /**
   * Reads a run.
   *
   * @throws InputException if the folder holds no run, nothing was measured, or a file is damaged,
   *     foreign, of another schema, changed, or contradicts another
   */
  public static RunResult read(Path path) {
    RunReader reader = new RunReader(path);
    RunResult run = reader.run(path);
    if (run.cases().stream().allMatch(result -> result.forks().isEmpty())) {
      throw new InputException(
          reader.manifestFile(), "number of forks", 0, "expected a run that measured something");
    }
    return run;
  }

  /** An unfinished run and its cases. */
  public record Unfinished(RunResult run, List<Earlier> cases) {}

  /**
   * What an earlier part of a run left of a case.
   *
   * @param ended why the case got no more forks
   * @param described JMH's description of each fork
   */
  public record Earlier(CaseResult result, Ended ended, Map<ForkResult, JmhBenchmark> described) {}

  /**
   * Reads a run in order to continue it; it may have no measurement yet.
   *
   * @throws InputException as {@link #read}
   */
  public static Unfinished readUnfinished(Path path) {
    RunReader reader = new RunReader(path);
    RunResult run = reader.run(path);
    return new Unfinished(run, reader.cases.values().stream().map(CaseReader::earlier).toList());
  }

  private String manifestFile() {
    return folder.file(InputFolder.MANIFEST).toString();
  }

  private RunResult run(Path path) {
    Manifest manifest = JsonFile.read(manifestFile(), folder.manifest(), Manifest.class);
    manifest.plan().require(manifestFile(), List.of(Axis.BACKEND, Axis.BUILD));
    plan(manifest);
    boolean complete = manifest.state().equals(State.COMPLETE.label());
    if (manifest.state().equals(RunFiles.RUNNING)) {
      readJournal();
    } else if (complete || manifest.state().equals(State.PARTIAL.label())) {
      readFinished(manifest, complete);
    } else {
      throw new InputException(
          manifestFile(), "state", manifest.state(), "expected complete, partial or running");
    }
    return new RunResult(
        String.valueOf(path.toAbsolutePath().normalize().getFileName()),
        complete,
        manifest.plan(),
        environment(),
        manifest.unavailable(),
        cases.values().stream().map(CaseReader::result).toList());
  }

  private void plan(Manifest manifest) {
    Limits.COMBINATIONS.require(manifestFile(), "cases", manifest.cases().size());
    for (int i = 0; i < manifest.cases().size(); i++) {
      RunFiles.Entry entry = manifest.cases().get(i);
      String source = manifestFile() + ", case " + (i + 1);
      Case of = Harness.read(source, entry.harness(), entry.axes());
      boolean builds = manifest.plan().arms().equals(Axis.BUILD);
      if (of.axis(Axis.BUILD).isPresent() != (builds && !Harness.of(of).isCeiling())) {
        throw new InputException(
            source,
            Axis.BUILD,
            of.axis(Axis.BUILD).orElse("missing"),
            "which contradicts arms, " + manifest.plan().arms());
      }
      if (!entry.slug().equals(of.slug())) {
        throw new InputException(source, "case", entry.slug(), "expected " + of.slug());
      }
      if (cases.put(of.slug(), new CaseReader(source, of, entry)) != null) {
        throw new InputException(source, "case", of.slug(), "which is listed twice");
      }
    }
  }

  private void readFinished(Manifest manifest, boolean complete) {
    for (String needed : RunFiles.READ) {
      if (!manifest.files().containsKey(needed)) {
        throw new InputException(manifestFile(), "files", needed, "which is missing");
      }
    }
    folder.declare(manifest.files(), RunFiles.READ, RunFiles.SUMMARIES);
    readSamples();
    readVerifications();
    readJmh();
    cases.values().forEach(each -> each.requireFinished(complete));
  }

  private void readSamples() {
    lines(RunFiles.SAMPLES, Samples.class)
        .forEach((line, samples) -> of(line, samples.slug()).addSamples(line, samples));
  }

  private void readVerifications() {
    String file = folder.file(RunFiles.VERIFY).toString();
    JsonNode json = folder.tree(RunFiles.VERIFY);
    requireSchema(file, json);
    for (Verification one : JsonFile.read(file, json, Verifications.class).verifications()) {
      of(file, one.slug()).addVerification(file, one);
    }
  }

  private void readJmh() {
    String file = folder.file(RunFiles.JMH).toString();
    JsonNode benchmarks = folder.tree(RunFiles.JMH);
    List<CaseReader> measured = cases.values().stream().filter(CaseReader::isMeasured).toList();
    if (!benchmarks.isArray() || benchmarks.size() != measured.size()) {
      throw new InputException(
          file, "number of benchmarks", benchmarks.size(), "expected " + measured.size());
    }
    for (int i = 0; i < measured.size(); i++) {
      String source = file + ", benchmark " + (i + 1);
      measured.get(i).describe(source, JmhBenchmark.split(source, benchmarks.get(i)));
    }
  }

  private void readJournal() {
    lines(RunFiles.JOURNAL, Line.class)
        .forEach(
            (source, line) -> {
              if (line.stop() != null) {
                RunFiles.Stop stop = line.stop();
                of(source, stop.slug()).end(source, stop.ended(), stop.stop(), stop.failure());
              } else if (line.standstill() != null) {
                of(source, line.standstill().slug()).addStandstill();
              } else if (line.samples() != null
                  && line.verifications() != null
                  && line.jmh() != null) {
                CaseReader of = of(source, line.samples().slug());
                of.addSamples(source, line.samples());
                line.verifications()
                    .forEach(one -> of(source, one.slug()).addVerification(source, one));
                of.describe(source, JmhBenchmark.split(source, line.jmh()));
              } else {
                throw new InputException(source, "line", line, "expected a fork or a stop");
              }
            });
    cases.values().forEach(CaseReader::requireVerified);
  }

  /** Reads a record from each line; a last line that was cut off is left out. */
  private <T> Map<String, T> lines(String name, Class<T> type) {
    Path file = folder.file(name);
    String text = new String(folder.bytes(name), StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n') + 1;
    Map<String, T> records = new LinkedHashMap<>();
    int number = 1;
    for (String line : text.substring(0, end).lines().toList()) {
      String source = file + ", line " + number++;
      JsonNode json = JsonFile.tree(source, line.getBytes(StandardCharsets.UTF_8));
      records.put(source, JsonFile.read(source, json, type));
    }
    return records;
  }

  private CaseReader of(String source, String slug) {
    CaseReader reader = cases.get(slug);
    if (reader == null) {
      throw new InputException(source, "case", slug, "which the manifest does not have");
    }
    return reader;
  }

  private Map<String, String> environment() {
    String file = folder.file(RunFiles.ENVIRONMENT).toString();
    JsonNode json = folder.tree(RunFiles.ENVIRONMENT);
    requireSchema(file, json);
    return JsonFile.read(file, json, RunFiles.Surroundings.class).environment();
  }

  private static void requireSchema(String file, JsonNode json) {
    JsonNode schema = json.path("schema");
    if (!schema.isInt() || schema.intValue() != RunFiles.SCHEMA) {
      throw new InputException(file, "schema", schema, "expected " + RunFiles.SCHEMA);
    }
  }
}
