package dev.lockstep.bench.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Strips directories from text so that shared results leak no paths. Of an absolute path the last
 * name remains; a path of the system's own that is the same for everybody remains as it is.
 */
public final class PathFree {

  /** Below the others of Linux's own folders may be the files and numbers of users. */
  private static final String OF_EVERYBODY =
      "dev/(?!shm/)|proc/(?:driver|sys)/|sys/(?:bus|class|devices|kernel|module)/|etc/"
          + "|usr/lib/wsl/";

  private static final Pattern PATH =
      Pattern.compile(
          "(?<![\\w./\\])])(?<!https:)/++(?!"
              + OF_EVERYBODY
              + ")(?:[^\\s/:;,()'\"`]++/++)*+([^\\s/:;,()'\"`]*)");

  private PathFree() {}

  /** Strips directories from a text. */
  public static String text(String sentence) {
    return PATH.matcher(sentence).replaceAll(found -> Matcher.quoteReplacement(found.group(1)));
  }

  /** Strips directories from every text value in a tree; field names remain. */
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
