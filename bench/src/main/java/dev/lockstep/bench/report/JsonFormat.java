package dev.lockstep.bench.report;

import dev.lockstep.bench.files.JsonFile;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;

/**
 * A report as JSON, for programs.
 *
 * @param description the flag's line in the command's help
 * @param tree makes a JSON tree of a report and an exit code
 * @param <R> the type of the report
 */
public record JsonFormat<R>(String description, BiFunction<R, Integer, JsonNode> tree)
    implements ReportFormat<R> {

  /** The format of a command whose JSON contains everything that it prints. */
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
