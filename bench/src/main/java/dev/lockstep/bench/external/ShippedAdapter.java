package dev.lockstep.bench.external;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.backend.Backend.Attendance;
import dev.lockstep.file.Sha256;
import dev.lockstep.input.Labelled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An adapter shipped with Lockstep: a Python program that needs a package. It takes part only if it
 * is named.
 *
 * <p>Its files are copied into the private folder. Python ignores its environment variables and the
 * current folder, so that it imports installed packages only.
 */
enum ShippedAdapter implements Launch, Labelled {
  NUMPY(
      "numpy",
      "python3-numpy",
      "canonical.py",
      "draws.py",
      "fdlibm.py",
      "initial_parameters.py",
      "numpy_training.py",
      "plain.py"),
  PYTORCH("torch", "python3-torch"),
  JAX("jax", ""),
  TENSORFLOW("tensorflow", "");

  /** Modules of every adapter. */
  private static final List<String> SHARED =
      List.of("command_line.py", "lockstep_program.py", "messages.py", "training.py");

  /** The script that tells whether a package is installed. */
  private static final String INSTALLED = "installed.py";

  private static final List<String> INTERPRETERS = List.of("python3", "/usr/bin/python3");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final String needed;
  private final String debian;
  private final List<String> modules;

  @SuppressWarnings("ImmutableEnumChecker") // assigned once, on the first call of found()
  private @Nullable Optional<Found> found;

  /**
   * @param needed the Python package
   * @param debian the Debian package with it; empty if there is none
   * @param modules its own modules besides the script
   */
  ShippedAdapter(String needed, String debian, String... modules) {
    this.needed = needed;
    this.debian = debian;
    this.modules = List.of(modules);
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private String script() {
    return label() + "_backend.py";
  }

  private List<String> files() {
    return Stream.of(List.of(script()), SHARED, modules).flatMap(List::stream).toList();
  }

  @Override
  public List<String> in(Path folder) throws IOException {
    for (String file : files()) {
      copy(file, folder);
    }
    return python(interpreter().orElse(INTERPRETERS.getFirst()), folder, script());
  }

  private static List<String> python(String interpreter, Path folder, String script) {
    return List.of(interpreter, "-E", "-B", folder.resolve(script).toString());
  }

  private static void copy(String file, Path folder) throws IOException {
    Files.write(folder.resolve(file), content(file), StandardOpenOption.CREATE_NEW);
  }

  /** A Python interpreter with the package. */
  private record Found(String interpreter, String python, String version) {}

  /** The Python interpreter of this adapter, if one has the package. */
  Optional<String> interpreter() {
    return found().map(Found::interpreter);
  }

  /** Searches once, because starting an interpreter is slow. */
  private synchronized Optional<Found> found() {
    Optional<Found> known = found;
    if (known == null) {
      known = INTERPRETERS.stream().flatMap(each -> asked(each).stream()).findFirst();
      found = known;
    }
    return known;
  }

  /** Asks an interpreter without importing the package, which may take seconds. */
  private Optional<Found> asked(String interpreter) {
    try {
      ProgramProcess process =
          ProgramProcess.start(
              interpreter,
              folder -> {
                copy(INSTALLED, folder);
                List<String> command = new ArrayList<>(python(interpreter, folder, INSTALLED));
                command.add(needed);
                return command;
              });
      try (process) {
        JsonNode answer = JsonMapper.shared().readTree(process.exchange("", INSTALLED, LIMIT));
        return answer.path("found").asBoolean(false)
            ? Optional.of(
                new Found(
                    interpreter,
                    answer.path("python").asString("?"),
                    answer.path("version").asString("?")))
            : Optional.empty();
      }
    } catch (IOException | ProgramFault | JacksonException noPython) {
      return Optional.empty(); // try the next interpreter
    }
  }

  @Override
  public Availability availability() {
    if (found().isEmpty()) {
      String sentence = "no python3 (on the PATH or in /usr/bin) has the package " + needed;
      return new Unavailable(new Reason(Cause.PROGRAM, sentence), remedy());
    }
    Found python = found().get();
    return new Availability.Available(
        needed + " " + python.version() + ", Python " + python.python());
  }

  @Override
  public String remedy() {
    return "install it"
        + (debian.isEmpty() ? "" : " (Debian: " + debian + ")")
        + ", or name a Python that has it by --program (docs/programs.md)";
  }

  @Override
  public Attendance attendance() {
    return Attendance.ON_REQUEST;
  }

  @Override
  public String digest() {
    return Sha256.of(files().stream().map(ShippedAdapter::content).toList());
  }

  /** The content of a file shipped in this package. */
  static byte[] content(String file) {
    try (InputStream in = ShippedAdapter.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
