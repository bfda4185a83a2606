package dev.lockstep.bench.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A format in which a command writes its report to a file. To add a format, implement this
 * interface and add it to the command's list in {@link ReportFiles}.
 *
 * @param <R> the type of the report
 */
public interface ReportFormat<R> {

  /** The flag that names the file, such as {@code --json}. */
  String flag();

  /** The flag's line in the command's help. */
  String description();

  /** The file that is written if no flag names any; empty if then none is. */
  default Optional<Path> usual() {
    return Optional.empty();
  }

  /** Flags besides the one that names the file. */
  default List<OptionSpec> options() {
    return List.of();
  }

  /**
   * Checks the flags, before there is a report.
   *
   * @param file the file that was asked for
   * @throws dev.lockstep.input.InputException if they contradict one another
   */
  default void require(Optional<Path> file) {}

  /** Called once the file is complete. */
  default void written(Path file) {}

  /**
   * Writes a report.
   *
   * @param exitCode the exit code of the process, which also covers other files that failed
   */
  void write(R report, int exitCode, OutputStream out) throws IOException;
}
