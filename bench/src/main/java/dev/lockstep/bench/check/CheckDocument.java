package dev.lockstep.bench.check;

import dev.lockstep.bench.page.Contents;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A check on a page.
 *
 * @param check what {@code check --json} writes
 */
public record CheckDocument(JsonNode check) {

  private record Data(List<Named> checks) {}

  private record Named(String source, JsonNode check) {}

  /** The data of a section that shows checks; empty if there are none. */
  static Optional<Object> data(Contents contents) {
    List<Named> checks =
        contents.all(CheckDocument.class).stream()
            .map(each -> new Named(each.source(), each.result().check()))
            .toList();
    return checks.isEmpty() ? Optional.empty() : Optional.of(new Data(checks));
  }
}
