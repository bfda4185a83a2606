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
import tools.jackson.databind.json.JsonMapper;

/**
 * The programs registered as backends in this JVM: the adapters shipped with Lockstep, and the
 * programs given on the command line. JVMs started for timing receive them in a system property, so
 * that no command ever comes from a file.
 */
public final class Programs implements BackendSource {

  /** The system property with the value of {@link #property}. */
  public static final String PROPERTY = "lockstep.programs";

  /** The default time for each answer. */
  static final String USUAL_LIMIT = "60s";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static @Nullable Programs current;

  private final Duration limit;
  private final Map<String, GivenProgram> given;
  private final Map<String, ProgramBackend> backends = new LinkedHashMap<>();

  /** The programs of this JVM; for the service loader. */
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
   * Replaces the programs of this JVM.
   *
   * @param limit the longest time for each answer
   * @param given programs by name
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
   * The digest of a program; empty if the backend is no program.
   *
   * @param name a backend's name
   */
  public static String digestOf(String name) {
    ProgramBackend program = current().backends.get(name);
    return program == null ? "" : program.digest();
  }

  /**
   * Reads {@code NAME=COMMAND}.
   *
   * @param builtIn names that programs must not take
   * @throws InputException naming the flag and the value
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

  /** The content of the system property. */
  private record Property(long limitMillis, Map<String, List<String>> commands) {}

  /** The value of {@link #PROPERTY} for a JVM with the same programs. */
  public static String property() {
    Programs programs = current();
    Map<String, List<String>> commands = new LinkedHashMap<>();
    programs.given.forEach((name, program) -> commands.put(name, program.words()));
    return JsonMapper.shared()
        .writeValueAsString(new Property(programs.limit.toMillis(), commands));
  }

  private static Programs ofProperty(@Nullable String text) {
    if (text == null) {
      return new Programs(Durations.parse(ProgramOptions.TIMEOUT, USUAL_LIMIT), Map.of());
    }
    Property property = JsonMapper.shared().readValue(text, Property.class);
    Map<String, GivenProgram> given = new LinkedHashMap<>();
    property.commands().forEach((name, words) -> given.put(name, new GivenProgram(words)));
    return new Programs(Duration.ofMillis(property.limitMillis()), given);
  }
}
