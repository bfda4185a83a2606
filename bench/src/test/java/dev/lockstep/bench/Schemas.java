package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON schemas that come with the program. */
public final class Schemas {
  static final Path FOLDER = Path.of("src/main/resources/dev/lockstep/bench/schemas");
  private static final String END = ".schema.json";

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

  private Schemas() {}

  private static Schema of(String name) {
    return SCHEMAS.computeIfAbsent(
        name,
        _ ->
            REGISTRY.getSchema(
                SchemaLocation.of("classpath:dev/lockstep/bench/schemas/" + name + END)));
  }

  /** Returns the names of all schemas. */
  static List<String> names() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .peek(name -> assertThat(name).endsWith(END))
          .map(name -> name.substring(0, name.length() - END.length()))
          .sorted()
          .toList();
    }
  }

  /** Returns a schema as it is written. */
  static JsonNode text(String name) throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(FOLDER.resolve(name + END)));
  }

  private static String complaints(Schema schema, JsonNode json) {
    return schema.validate(json.toString(), InputFormat.JSON).stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
        .collect(Collectors.joining("\n"));
  }

  /** Checks that an output conforms to a schema. */
  public static void requireConforming(String name, JsonNode json) {
    assertThat(complaints(of(name), json)).as(name + ": " + json).isEmpty();
  }

  /**
   * Checks that an output conforms to a schema, and would not with an unknown field in any of its
   * objects, or with another value in place of any of its own.
   */
  public static void requireExactly(String name, JsonNode json) {
    requireConforming(name, json);
    JsonNode copy = json.deepCopy();
    alter(of(name), copy, copy, name);
    assertThat(copy).isEqualTo(json);
  }

  /** Of no form that any output has. */
  private static JsonNode alien() {
    ObjectNode alien = JsonMapper.shared().createObjectNode();
    alien.putArray("alien").addArray();
    return alien;
  }

  private static void alter(Schema schema, JsonNode root, JsonNode node, String at) {
    switch (node) {
      case ObjectNode object -> {
        object.set("alien", alien());
        requireRefused(schema, root, at + " with another field");
        object.remove("alien");
        for (String field : object.propertyNames().toArray(String[]::new)) {
          JsonNode own = object.get(field);
          object.set(field, alien());
          requireRefused(schema, root, at + "/" + field);
          object.set(field, own);
          alter(schema, root, own, at + "/" + field);
        }
      }
      case ArrayNode array -> {
        // The others have the same form.
        for (int i = 0; i < Math.min(2, array.size()); i++) {
          JsonNode own = array.get(i);
          array.set(i, alien());
          requireRefused(schema, root, at + "/" + i);
          array.set(i, own);
          alter(schema, root, own, at + "/" + i);
        }
      }
      default -> {}
    }
  }

  private static void requireRefused(Schema schema, JsonNode root, String at) {
    assertThat(complaints(schema, root)).as(at).isNotEmpty();
  }
}
