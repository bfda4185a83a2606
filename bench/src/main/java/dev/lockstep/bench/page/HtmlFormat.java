package dev.lockstep.bench.page;

import dev.lockstep.bench.report.ReportFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BiFunction;

/**
 * A report as a page with pictures.
 *
 * @param contents makes the page's contents of a report and an exit code
 * @param <R> the type of the report
 */
public record HtmlFormat<R>(BiFunction<R, Integer, Contents> contents) implements ReportFormat<R> {

  @Override
  public String flag() {
    return "--html";
  }

  @Override
  public String description() {
    return "Write a page with pictures, which a browser shows without a network.";
  }

  @Override
  public void write(R report, int exitCode, OutputStream out) throws IOException {
    new Page(contents.apply(report, exitCode)).write(out);
  }
}
