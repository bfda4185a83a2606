package dev.lockstep.bench.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes the folders out of what is written: results are shared, and where somebody keeps a library
 * is nobody's business. Of an absolute path the last name stays.
 */
public final class PathFree {
  private static final Pattern PATH =
      Pattern.compile("(?<![\\w./\\])])/(?:[^\\s/:;,()'\"`]+/)*([^\\s/:;,()'\"`]*)");

  private PathFree() {}

  /** A sentence. */
  public static String text(String sentence) {
    return PATH.matcher(sentence).replaceAll(found -> Matcher.quoteReplacement(found.group(1)));
  }

  /** Every text in a tree; names of fields stay. */
  public static JsonNode tree(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> {
        ObjectNode result = JsonMapper.shared().createObjectNode();
        object.forEachEntry((name, value) -> result.set(name, tree(value)));
        yield result;
      }
      case ArrayNode array -> {
        ArrayNode result = JsonMapper.shared().createArrayNode();
        array.forEach(value -> result.add(tree(value)));
        yield result;
      }
      default ->
          node.isString()
              ? JsonMapper.shared().getNodeFactory().stringNode(text(node.stringValue()))
              : node;
    };
  }
}
