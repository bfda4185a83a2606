package dev.lockstep.bench.check;

import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.FieldCheck;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Provenance;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.gpu.discovery.CudaMachine;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A check on a page.
 *
 * @param check what {@code check --json} writes
 */
public record CheckDocument(JsonNode check) {

  /**
   * The contents of a page about a check of this process.
   *
   * @param command that repeats it
   */
  public static Contents contents(CheckReport report, int exitCode, String command) {
    Surroundings here = Surroundings.of(CudaMachine.look(), report.chosen());
    return new Contents()
        .add("check", new CheckDocument(CheckJson.of(report, exitCode)))
        .add(
            "check",
            new Provenance(
                here.facts(),
                List.of(command),
                Warning.of(report).stream()
                    .map(each -> new Provenance.Warned(each.code().label(), each.text()))
                    .toList()));
  }

  /**
   * Reads a check from a file that {@code check --json} wrote.
   *
   * @throws dev.lockstep.input.InputException naming the file, the field and the value, if it is
   *     not what that writes
   */
  public static CheckDocument read(Path file) {
    return of(file.toString(), JsonFile.tree(file));
  }

  /**
   * Checks what is to be a check.
   *
   * @param source the file that it is from
   * @throws dev.lockstep.input.InputException as {@link #read}
   */
  public static CheckDocument of(String source, JsonNode json) {
    CheckJson check = JsonFile.read(source, json, CheckJson.class);
    new FieldCheck(source).document(check.schema(), check.kind(), Document.CHECK);
    check.cells().stream()
        .flatMap(cell -> cell.outcomes().stream())
        .forEach(outcome -> outcome.lockstep().require(source));
    check.cells().stream()
        .flatMap(cell -> cell.outcomes().stream())
        .flatMap(outcome -> Stream.ofNullable(outcome.productErrors()))
        .flatMap(List::stream)
        .forEach(errors -> errors.require(new FieldCheck(source)));
    CheckJson.OwnOrder order = check.ownOrder();
    if (order != null) {
      order.require(new FieldCheck(source));
    }
    return new CheckDocument(json);
  }
}
