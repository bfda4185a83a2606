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
 * A run's folder while it is written. Every file is whole at any time, and the manifest is written
 * last, so that what is killed loses the fork it was measuring and no more. One run at a time has
 * it.
 *
 * <ul>
 *   <li>{@code manifest.json}: schema, arguments, cases, and each fork with the digest of its file
 *   <li>{@code environment.json}: what the results depend on
 *   <li>{@code jmh/*.json}: a fork each, in JMH's own format
 *   <li>{@code samples.jsonl}: the same times, an iteration a line
 *   <li>{@code verify.json}: how each fork verified what it timed
 *   <li>{@code summary.csv}, {@code summary.md}: what came of it
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
   * Makes it, or takes one that is empty.
   *
   * @throws InputException if it cannot be made or is not empty
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
   * Takes one that a run has left behind.
   *
   * @throws InputException if it holds none
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
      // The sentence below says it.
    }
    throw new InputException("--out", "folder", folder, "and another run is writing to it");
  }

  /** Where it lies. */
  public Path path() {
    return folder;
  }

  /** The file of a fork of a case, from the folder. */
  public static String shard(Case of, int fork) {
    return JMH + "/" + of.slug() + ".fork" + fork + ".json";
  }

  /**
   * Takes over what JMH wrote, less the paths in it.
   *
   * @param shard its name, from {@link #shard}
   * @return the SHA-256 of what was written
   */
  String writeShard(String shard, Path byJmh) {
    JsonNode tree = PathFree.tree(withoutPrograms(JsonFile.tree(byJmh)));
    byte[] text = JsonFile.text(tree);
    AtomicFile.write(folder.resolve(shard), out -> out.write(text));
    return Sha256.of(text);
  }

  /** JMH notes the options of a JVM, one of which says how programs are started. */
  private static JsonNode withoutPrograms(JsonNode tree) {
    for (JsonNode benchmark : tree) {
      if (benchmark.path("jvmArgs") instanceof ArrayNode options) {
        options.removeIf(option -> option.asString("").startsWith("-D" + Programs.PROPERTY + "="));
      }
    }
    return tree;
  }

  /**
   * Writes what the results depend on.
   *
   * @param facts by name
   * @param backends what each can do here; null if that does not matter
   */
  public void writeEnvironment(Map<String, String> facts, @Nullable JsonNode backends) {
    write(ENVIRONMENT, new RunFiles.Surroundings(RunFiles.SCHEMA, facts, backends));
  }

  /** Writes a record or a tree as JSON, less the paths in it. */
  void write(String file, Object content) {
    JsonFile.write(folder.resolve(file), PathFree.tree(JsonFile.tree(content)));
  }

  /** Writes lines, less the paths in them. */
  public void write(String file, List<String> lines) {
    byte[] text = (PathFree.text(String.join("\n", lines)) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(file), out -> out.write(text));
  }

  /** Writes the times of all forks, an iteration a line. */
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
    byte[] text = lines.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve(SAMPLES), out -> out.write(text));
  }

  private static @Nullable Double timeOf(int iteration, List<Double> times) {
    return times.isEmpty() ? null : times.get(iteration);
  }

  /** Lets others have it. */
  @Override
  public void close() {
    try {
      // Removed while it is locked: the next run makes a lock of its own.
      Files.deleteIfExists(folder.resolve(LOCK));
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
