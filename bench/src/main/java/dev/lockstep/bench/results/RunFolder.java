package dev.lockstep.bench.results;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.external.Programs;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.files.ResultsFolder;
import dev.lockstep.bench.files.Sha256;
import dev.lockstep.file.AtomicFile;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * A run's folder while it is written. Every file is replaced atomically, and the manifest last, so
 * that a killed run loses only the fork in progress. A lock admits one run at a time.
 *
 * <ul>
 *   <li>{@code manifest.json}: schema, arguments, cases, and each fork with the digest of its file
 *   <li>{@code environment.json}: hardware and versions
 *   <li>{@code jmh/*.json}: one fork per file, in JMH's own format
 *   <li>{@code samples.jsonl}: the same times, one iteration per line
 *   <li>{@code verify.json}: how each fork verified the arrays it timed
 *   <li>{@code summary.csv}, {@code summary.md}: the results
 * </ul>
 */
public final class RunFolder implements AutoCloseable {

  static final String MANIFEST = "manifest.json";
  static final String ENVIRONMENT = "environment.json";
  static final String VERIFY = "verify.json";
  private static final String SAMPLES = "samples.jsonl";
  private static final String JMH = "jmh";
  private static final String LOCK = ".lock";

  private final Path folder;
  private final FileChannel lock;

  private RunFolder(Path folder) {
    this.folder = folder;
    lock = locked(folder);
  }

  /**
   * Creates the folder, or opens an empty one.
   *
   * @throws InputException if the folder cannot be created or is not empty
   */
  public static RunFolder create(Path folder, Hardware hardware) {
    ResultsFolder.guard(hardware, "--out", folder.resolve(MANIFEST));
    ResultsFolder.makeEmpty("--out", folder, "expected an empty one; --resume continues a run");
    try {
      Files.createDirectories(folder.resolve(JMH));
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
    return new RunFolder(folder);
  }

  /**
   * Opens the folder of an unfinished run.
   *
   * @throws InputException if the folder holds no run
   */
  public static RunFolder resume(Path folder) {
    if (!Files.isRegularFile(folder.resolve(MANIFEST))) {
      throw new InputException("--resume", "folder", folder, "expected one with a " + MANIFEST);
    }
    return new RunFolder(folder);
  }

  private static FileChannel locked(Path folder) {
    Path file = folder.resolve(LOCK);
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
      channel.close();
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    } catch (OverlappingFileLockException inThisJvm) {
      // Refused below.
    }
    throw new InputException("--out", "folder", folder, "and another run is writing to it");
  }

  /** The folder. */
  public Path path() {
    return folder;
  }

  /** The path of a fork's file, relative to the folder. */
  public static String shard(Case of, int fork) {
    return JMH + "/" + of.slug() + ".fork" + fork + ".json";
  }

  /**
   * Copies JMH's result file without the folders in it.
   *
   * @param shard the name of the copy, from {@link #shard}
   * @return the SHA-256 of the copy
   */
  String writeShard(String shard, Path byJmh) {
    byte[] text = JsonFile.text(PathFree.tree(withoutPrograms(JsonFile.tree(byJmh))));
    write(shard, text);
    return Sha256.of(text);
  }

  /** Removes the JVM option with the commands of programs, which JMH records. */
  private static JsonNode withoutPrograms(JsonNode tree) {
    for (JsonNode benchmark : tree) {
      if (benchmark.path("jvmArgs") instanceof ArrayNode options) {
        options.removeIf(option -> option.asString("").startsWith("-D" + Programs.PROPERTY + "="));
      }
    }
    return tree;
  }

  /**
   * Writes {@code environment.json}.
   *
   * @param facts by name
   * @param backends the availability of each backend; null to leave it out
   */
  public void writeEnvironment(Map<String, String> facts, @Nullable JsonNode backends) {
    write(ENVIRONMENT, new RunFiles.Surroundings(RunFiles.SCHEMA, facts, backends));
  }

  /** Writes a record or a tree as JSON without the folders in it. */
  void write(String file, Object content) {
    write(file, JsonFile.text(PathFree.tree(JsonFile.tree(content))));
  }

  /** Writes lines without the folders in them. */
  public void write(String file, List<String> lines) {
    write(file, (PathFree.text(String.join("\n", lines)) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void write(String file, byte[] content) {
    AtomicFile.write(folder.resolve(file), out -> out.write(content));
  }

  /** Writes the times of all forks, one iteration per line. */
  void writeSamples(List<ForkResult> forks) {
    StringBuilder lines = new StringBuilder();
    for (ForkResult fork : forks) {
      for (int i = 0; i < fork.nanoseconds().size(); i++) {
        RunFiles.Sample line =
            new RunFiles.Sample(
                fork.of().slug(),
                fork.number(),
                i + 1,
                fork.nanoseconds().get(i),
                timeOf(i, fork.deviceNanoseconds()),
                timeOf(i, fork.programNanoseconds()));
        lines.append(JsonFile.line(line)).append('\n');
      }
    }
    write(SAMPLES, lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable Double timeOf(int iteration, List<Double> times) {
    return times.isEmpty() ? null : times.get(iteration);
  }

  /** Releases the lock. */
  @Override
  public void close() {
    try {
      // Deleted while locked, so that the next run creates its own file.
      Files.deleteIfExists(folder.resolve(LOCK));
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
