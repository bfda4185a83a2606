package dev.lockstep.bench.report;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A format in which a command writes its report to a file. A new one is a class and a line in the
 * command's list: {@link ReportFiles} does the rest.
 *
 * @param <R> the report
 */
public interface ReportFormat<R> {

  /** The flag that names the file, such as {@code --json}. */
  String flag();

  /** The flag's line in the command's help. */
  String description();

  /**
   * Writes all of a report.
   *
   * @param exitCode of the process, which also depends on what else could be written
   */
  void write(R report, int exitCode, OutputStream out) throws IOException;
}
