package dev.lockstep.bench.report;

import java.io.IOException;
import java.io.OutputStream;

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

  /**
   * Writes a report.
   *
   * @param exitCode the exit code of the process, which also covers other files that failed
   */
  void write(R report, int exitCode, OutputStream out) throws IOException;
}
