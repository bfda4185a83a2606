package dev.lockstep.bench.study;

import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.study.Textbook.Result;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the results of the claims as JSON. */
final class TextbookJson {

  private TextbookJson() {}

  static ObjectNode of(Textbook textbook, int exitCode) {
    ObjectNode json = Document.STUDY.begin();
    json.put("exit-code", exitCode);
    ArrayNode results = json.putArray("results");
    for (Result result : textbook.results()) {
      ObjectNode node = results.addObject();
      node.put("data", result.data());
      node.put("letter", result.claim().letter());
      node.put("claim", result.claim().sentence());
      node.put("verdict", TextbookText.word(result.finding().verdict()));
      if (!result.finding().reason().isEmpty()) {
        node.put("reason", result.finding().reason());
      }
      result.backends().forEach(node.putArray("backends")::add);
      ArrayNode figures = node.putArray("figures");
      for (Figure figure : result.finding().figures()) {
        ObjectNode child = figures.addObject();
        child.put("name", figure.name());
        ArrayNode values = child.putArray("values");
        // JSON has no NaN; null stands for a missing value.
        figure.values().forEach(value -> values.add(value.isNaN() ? null : value));
      }
    }
    return json;
  }
}
