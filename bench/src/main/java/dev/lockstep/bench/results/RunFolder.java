package dev.lockstep.bench.results;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.files.InputFolder;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.OutputFolder;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.files.ResultsFolder;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run's folder while it is written. A lock admits one run at a time.
 *
 * <p>While it measures, a run has {@code manifest.json} with its plan, {@code environment.json} and
 * {@code journal.jsonl}, to which each fork is appended when it ends: a killed run loses only the
 * fork in progress. When it ends, the journal is replaced by these files, the manifest last:
 *
 * <ul>
 *   <li>{@code manifest.json}: the plan, the cases, and the SHA-256 of every other file
 *   <li>{@code environment.json}: hardware and versions
 *   <li>{@code samples.jsonl}: the times, a line for each fork
 *   <li>{@code verify.json}: how each fork verified the arrays it timed
 *   <li>{@code jmh.json}: the same times in JMH's own format, a benchmark for each case
 *   <li>{@code summary.csv}, {@code summary.md}: the results
 * </ul>
 */
public final class RunFolder implements AutoCloseable {

  private static final OutputFolder.Form FORM =
      new OutputFolder.Form(
          InputFolder.MANIFEST,
          Set.of(RunFiles.ENVIRONMENT, RunFiles.JOURNAL),
          "expected an empty one; --resume continues a run");

  private final OutputFolder folder;
  private @Nullable FileChannel journal;

  private RunFolder(OutputFolder folder) {
    this.folder = folder;
  }

  /**
   * Creates the folder, or opens an empty one.
   *
   * @throws InputException if the folder cannot be created, is locked or is not empty
   */
  public static RunFolder create(Path folder, Hardware hardware) {
    ResultsFolder.guard(hardware, "--out", folder.resolve(InputFolder.MANIFEST));
    return new RunFolder(OutputFolder.begin("--out", folder, FORM));
  }

  /**
   * Opens the folder of an unfinished run.
   *
   * @throws InputException if the folder holds no run or is locked
   */
  public static RunFolder resume(Path folder) {
    return new RunFolder(OutputFolder.reopen("--resume", folder, FORM));
  }

  /** The folder. */
  public Path path() {
    return folder.path();
  }

  /**
   * Writes {@code environment.json}.
   *
   * @param facts by name
   * @param backends the availability of each backend; null to leave it out
   */
  public void writeEnvironment(Map<String, String> facts, @Nullable JsonNode backends) {
    writeJson(RunFiles.ENVIRONMENT, new RunFiles.Surroundings(RunFiles.SCHEMA, facts, backends));
  }

  /** Writes lines without the folders in them. */
  public void write(String file, List<String> lines) {
    String text = lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    folder.write(file, PathFree.text(text).getBytes(UTF_8));
  }

  /** Writes a record or a tree as JSON without the folders in it. */
  void writeJson(String file, Object content) {
    folder.write(file, JsonFile.text(PathFree.tree(JsonFile.tree(content))));
  }

  /** Writes the times of all forks. */
  void writeSamples(List<RunFiles.Samples> forks) {
    write(RunFiles.SAMPLES, forks.stream().map(JsonFile::line).toList());
  }

  /** Writes all verifications, one a line. */
  void writeVerifications(List<RunFiles.Verification> verifications) {
    String schema =
        String.format(Locale.ROOT, "{\"schema\":%d,\"verifications\":", RunFiles.SCHEMA);
    write(RunFiles.VERIFY, List.of(schema + JsonFile.lines(verifications) + "}"));
  }

  /** Writes JMH's descriptions of all cases, one a line. */
  void writeJmh(List<ObjectNode> benchmarks) {
    write(RunFiles.JMH, List.of(JsonFile.lines(benchmarks)));
  }

  /**
   * Begins to measure, or goes on.
   *
   * @param lines what the journal holds already
   */
  void begin(RunFiles.Manifest manifest, List<RunFiles.Line> lines) {
    Path file = folder.path().resolve(RunFiles.JOURNAL);
    String text = lines.stream().map(RunFolder::line).collect(Collectors.joining());
    folder.write(RunFiles.JOURNAL, text.getBytes(UTF_8));
    writeJson(InputFolder.MANIFEST, manifest);
    try {
      journal = FileChannel.open(file, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }

  /** Appends a line to the journal and forces it to the disk. */
  void append(RunFiles.Line line) {
    FileChannel open = journal;
    if (open == null) {
      throw new IllegalStateException("the run has not begun");
    }
    try {
      ByteBuffer text = ByteBuffer.wrap(line(line).getBytes(UTF_8));
      while (text.hasRemaining()) {
        open.write(text);
      }
      open.force(false);
      folder.keep();
    } catch (IOException e) {
      throw InputException.unwritable(folder.path().resolve(RunFiles.JOURNAL), e);
    }
  }

  private static String line(RunFiles.Line line) {
    return JsonFile.line(PathFree.tree(JsonFile.tree(line))) + "\n";
  }

  /** The SHA-256 of the files of a finished run, by name. */
  Map<String, String> digests() {
    Map<String, String> digests = folder.digests();
    digests.remove(RunFiles.JOURNAL);
    return digests;
  }

  /** Writes the last manifest and removes the journal, which the other files replace. */
  void seal(RunFiles.Manifest manifest) {
    writeJson(InputFolder.MANIFEST, manifest);
    folder.keep();
    folder.delete(RunFiles.JOURNAL);
  }

  /** Releases the lock. A run that has measured nothing leaves no folder. */
  @Override
  public void close() {
    try {
      if (journal != null) {
        journal.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      folder.close();
    }
  }
}
