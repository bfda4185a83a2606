package dev.lockstep.bench.report;

import dev.lockstep.bench.files.JsonFile;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;

/**
 * A report for programs: JSON.
 *
 * @param description the flag's line in the command's help
 * @param tree of a report and the exit code
 * @param <R> the report
 */
public record JsonFormat<R>(String description, BiFunction<R, Integer, JsonNode> tree)
    implements ReportFormat<R> {

  /** For a command whose JSON holds all that it prints. */
  public JsonFormat(BiFunction<R, Integer, JsonNode> tree) {
    this("Write everything as JSON.", tree);
  }

  @Override
  public String flag() {
    return "--json";
  }

  @Override
  public void write(R report, int exitCode, OutputStream out) throws IOException {
    out.write(JsonFile.text(tree.apply(report, exitCode)));
  }
}
