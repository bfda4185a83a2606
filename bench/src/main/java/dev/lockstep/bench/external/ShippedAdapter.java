package dev.lockstep.bench.external;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.backend.Backend.Attendance;
import dev.lockstep.model.Labelled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An adapter that comes with Lockstep: a Python program that needs a package. It takes part where
 * it is named.
 *
 * <p>Its files are copied into the private folder, and Python is told to read neither the current
 * folder nor its own variables: what is imported is what is installed.
 */
enum ShippedAdapter implements Launch, Labelled {
  NUMPY("numpy", "python3-numpy"),
  PYTORCH("torch", "python3-torch"),
  JAX("jax", ""),
  TENSORFLOW("tensorflow", "");

  /** What they share, and what the first of them consists of. */
  private static final List<String> MODULES =
      List.of("lockstep_program.py", "canonical.py", "draws.py");

  private static final String PROBE = "lockstep_program.py";
  private static final List<String> INTERPRETERS = List.of("python3", "/usr/bin/python3");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final String needed;
  private final String debian;

  /**
   * @param needed the Python package
   * @param debian the package of Debian's that holds it; empty if there is none
   */
  ShippedAdapter(String needed, String debian) {
    this.needed = needed;
    this.debian = debian;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private String script() {
    return label() + "_backend.py";
  }

  @Override
  public List<String> in(Path folder) throws IOException {
    for (String module : MODULES) {
      copy(module, folder);
    }
    copy(script(), folder);
    return python(
        found().map(Found::interpreter).orElse(INTERPRETERS.getFirst()), folder, script());
  }

  private static List<String> python(String interpreter, Path folder, String script) {
    return List.of(interpreter, "-E", "-B", folder.resolve(script).toString());
  }

  private static void copy(String file, Path folder) throws IOException {
    try (InputStream in = opened(file)) {
      Files.copy(in, folder.resolve(file));
    }
  }

  private static InputStream opened(String file) {
    InputStream in = ShippedAdapter.class.getResourceAsStream(file);
    if (in == null) {
      throw new IllegalStateException("this build lacks " + file);
    }
    return in;
  }

  /** An interpreter that has the package. */
  private record Found(String interpreter, String python, String version) {}

  private Optional<Found> found() {
    return INTERPRETERS.stream().flatMap(each -> asked(each).stream()).findFirst();
  }

  /** Asks without importing the package, which may take seconds. */
  private Optional<Found> asked(String interpreter) {
    try {
      ProgramProcess process =
          ProgramProcess.start(
              interpreter,
              folder -> {
                copy(PROBE, folder);
                List<String> command = new java.util.ArrayList<>(python(interpreter, folder, PROBE));
                command.addAll(List.of("--have", needed));
                return command;
              });
      try (process) {
        JsonNode answer = JsonMapper.shared().readTree(process.exchange("", "--have", LIMIT));
        return answer.path("found").asBoolean(false)
            ? Optional.of(
                new Found(
                    interpreter,
                    answer.path("python").asString("?"),
                    answer.path("version").asString("?")))
            : Optional.empty();
      }
    } catch (IOException | ProgramFault | JacksonException noPython) {
      // There is none of that name, or none that runs a program: the next may do.
      return Optional.empty();
    }
  }

  @Override
  public Availability availability() {
    return found()
        .<Availability>map(
            found ->
                new Availability.Available(
                    needed + " " + found.version() + ", Python " + found.python()))
        .orElseGet(
            () ->
                new Unavailable(
                    new Reason(
                        Cause.PROGRAM,
                        "no python3 (on the PATH or in /usr/bin) has the package " + needed),
                    remedy()));
  }

  @Override
  public String remedy() {
    return "install it"
        + (debian.isEmpty() ? "" : " (Debian: " + debian + ")")
        + ", or name a Python that has it: --program "
        + label()
        + "='/path/to/python bench/adapters/"
        + script()
        + "'";
  }

  @Override
  public Attendance attendance() {
    return Attendance.ON_REQUEST;
  }

  @Override
  public String digest() {
    MessageDigest digest = GivenProgram.sha256();
    for (String file : MODULES) {
      add(digest, file);
    }
    add(digest, script());
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String file) {
    try (InputStream in = opened(file)) {
      digest.update(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
