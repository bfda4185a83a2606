package dev.lockstep.bench.order;

import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Provenance;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What {@code order --json} writes.
 *
 * @param schema the version of {@link Document#ORDER}
 * @param kind its name
 * @param command that repeats it
 */
public record OrderDocument(
    int schema,
    String kind,
    String verdict,
    int exitCode,
    String command,
    Map<String, String> environment,
    List<ProductOrder> products) {

  static OrderDocument of(OrderReport report, int exitCode, String command) {
    return new OrderDocument(
        Document.ORDER.version(),
        Document.ORDER.kind(),
        report.verdict().name(),
        exitCode,
        command,
        report.environment(),
        report.products());
  }

  /**
   * Adds what a file holds to a page.
   *
   * @throws InputException naming the file, the field and the value, if {@code order --json} would
   *     not have written it
   */
  public static void addTo(Contents contents, String name, Path file) {
    String source = file.toString();
    JsonNode json = JsonFile.tree(file);
    OrderDocument document = JsonFile.read(source, json, OrderDocument.class);
    if (document.schema != Document.ORDER.version()) {
      throw new InputException(
          source, "schema", document.schema, "expected " + Document.ORDER.version());
    }
    if (!document.kind.equals(Document.ORDER.kind())) {
      throw new InputException(source, "kind", document.kind, "expected " + Document.ORDER.kind());
    }
    document.products.forEach(product -> product.require(source));
    OrderReport report = new OrderReport(document.environment, document.products);
    if (!document.verdict.equals(report.verdict().name())) {
      throw new InputException(
          source, "verdict", document.verdict, "which contradicts those of the products");
    }
    document.addTo(contents, name);
  }

  /** Adds this to a page. */
  void addTo(Contents contents, String name) {
    contents
        .add(name, new OrderReport(environment, products))
        .add(name, new Provenance(environment, List.of(command), List.of()));
  }
}
