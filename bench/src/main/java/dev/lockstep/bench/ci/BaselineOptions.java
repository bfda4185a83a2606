package dev.lockstep.bench.ci;

import dev.lockstep.bench.ci.Baseline.Entry;
import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.file.AtomicFile;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags {@code --baseline} and {@code --update-baseline}. */
public final class BaselineOptions {

  private static final String BASELINE = "--baseline";
  private static final String UPDATE = "--update-baseline";

  @Option(
      names = BASELINE,
      paramLabel = "FILE",
      description =
          "Known findings: exit 1 for others, and for these not. Every finding that FILE lacks"
              + " then fails, including those that do not fail without it.")
  @Nullable Path file;

  @Option(
      names = UPDATE,
      description =
          "Write --baseline anew: add what was found, except faults of exact backends, and remove"
              + " what no longer occurs.")
  boolean update;

  private @Nullable Baseline baseline;

  /**
   * Reads the file, before anything runs.
   *
   * @param codes the words that the command uses
   * @throws InputException if the file cannot be read or is malformed, or cannot be written
   *     although it is to be
   */
  public void read(String command, Collection<String> codes) {
    if (file == null) {
      if (update) {
        throw new InputException(UPDATE, "value", "given", "which needs " + BASELINE + " FILE");
      }
      return;
    }
    if (update) {
      AtomicFile.require(file);
    }
    baseline =
        update ? Baseline.readOrEmpty(file, command, codes) : Baseline.read(file, command, codes);
  }

  /** The file, with its flag; empty without one. */
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /**
   * Judges the issues of a run, by the file as it will be if it is updated.
   *
   * @param tested whether the run could have had the finding of an entry
   * @return empty without a baseline
   */
  public Optional<Judged> judge(List<Issue> issues, Predicate<Entry> tested) {
    if (baseline == null) {
      return Optional.empty();
    }
    if (!update) {
      return Optional.of(baseline.judge(issues, tested));
    }
    Baseline.Update updated = baseline.updated(issues, tested);
    baseline = updated.baseline();
    return Optional.of(updated.judged());
  }

  /**
   * Writes the file, if it is to be updated.
   *
   * @throws InputException if it cannot be written
   */
  public void write() {
    if (update && baseline != null) {
      baseline.write();
    }
  }
}
