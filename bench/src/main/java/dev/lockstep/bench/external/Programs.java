package dev.lockstep.bench.external;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendSource;
import dev.lockstep.bench.flags.Durations;
import dev.lockstep.input.InputException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The programs that this JVM knows as backends: the adapters that come with Lockstep, and those
 * that the user has given. A JVM that is started to time one is told by a system property, so that
 * no command ever comes from a file.
 */
public final class Programs implements BackendSource {

  /** The system property that holds what {@link #property} says. */
  public static final String PROPERTY = "lockstep.programs";

  /** For each answer, where nothing else is asked for. */
  static final String USUAL_LIMIT = "60s";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static @Nullable Programs current;

  private final Duration limit;
  private final Map<String, GivenProgram> given;
  private final Map<String, ProgramBackend> backends = new LinkedHashMap<>();

  /** Those of this JVM; for the service loader. */
  public Programs() {
    this(current());
  }

  private Programs(Programs other) {
    limit = other.limit;
    given = other.given;
    backends.putAll(other.backends);
  }

  private Programs(Duration limit, Map<String, GivenProgram> given) {
    this.limit = limit;
    this.given = Map.copyOf(given);
    for (ShippedAdapter adapter : ShippedAdapter.values()) {
      backends.put(adapter.label(), new ProgramBackend(adapter.label(), adapter, limit));
    }
    new TreeMap<>(given)
        .forEach((name, program) -> backends.put(name, new ProgramBackend(name, program, limit)));
  }

  private static synchronized Programs current() {
    Programs known = current;
    if (known == null) {
      known = ofProperty(System.getProperty(PROPERTY));
      current = known;
    }
    return known;
  }

  /**
   * Makes these the programs of this JVM, instead of those before.
   *
   * @param limit for each answer
   * @param given by name
   */
  static synchronized void use(Duration limit, Map<String, GivenProgram> given) {
    Programs before = current;
    if (before != null && before.limit.equals(limit) && before.given.equals(given)) {
      return;
    }
    if (before != null) {
      before.backends.values().forEach(ProgramBackend::close);
    }
    current = new Programs(limit, given);
  }

  @Override
  public List<Backend> backends() {
    return List.copyOf(backends.values());
  }

  /**
   * The digest of a program; empty text if a backend of that name is none.
   *
   * @param name of a backend
   */
  public static String digestOf(String name) {
    ProgramBackend program = current().backends.get(name);
    return program == null ? "" : program.digest();
  }

  /**
   * Reads {@code NAME=COMMAND}.
   *
   * @param builtIn names that are taken
   */
  static Map.Entry<String, GivenProgram> parse(String flag, String text, List<String> builtIn) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    if (equals < 0 || !NAME.matcher(name).matches()) {
      throw new InputException(
          flag,
          "value",
          text,
          "expected NAME='COMMAND' with a name of lower-case letters, digits and dashes");
    }
    if (builtIn.contains(name)) {
      throw new InputException(flag, "name", name, "which is another backend's");
    }
    return Map.entry(name, GivenProgram.parse(flag, text.substring(equals + 1)));
  }

  /** What another JVM has to be told to know the same programs. */
  public static String property() {
    Programs programs = current();
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("limit-ms", programs.limit.toMillis());
    ObjectNode commands = json.putObject("programs");
    programs.given.forEach(
        (name, program) -> {
          ArrayNode words = commands.putArray(name);
          program.words().forEach(words::add);
        });
    return json.toString();
  }

  private static Programs ofProperty(@Nullable String text) {
    if (text == null) {
      return new Programs(Durations.parse(ProgramOptions.TIMEOUT, USUAL_LIMIT), Map.of());
    }
    JsonNode json = JsonMapper.shared().readTree(text);
    Map<String, GivenProgram> given = new LinkedHashMap<>();
    json.path("programs")
        .forEachEntry(
            (name, words) ->
                given.put(
                    name,
                    new GivenProgram(words.valueStream().map(JsonNode::stringValue).toList())));
    return new Programs(Duration.ofMillis(json.path("limit-ms").asLong()), given);
  }
}
