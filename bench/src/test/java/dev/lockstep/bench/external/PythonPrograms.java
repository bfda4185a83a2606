package dev.lockstep.bench.external;

import dev.lockstep.backend.Backend;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Python programs for tests; a test is skipped where no Python has NumPy. */
public final class PythonPrograms {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private PythonPrograms() {}

  private static String interpreter() {
    var interpreter = ShippedAdapter.NUMPY.interpreter();
    Assumptions.assumeTrue(
        interpreter.isPresent(), () -> "skipped: " + ShippedAdapter.NUMPY.availability());
    return interpreter.orElseThrow();
  }

  /** The adapter for NumPy, with flags. */
  public static Backend numpy(String... flags) {
    return program("numpy", Path.of("adapters", "numpy_backend.py"), flags);
  }

  /** The same with a fault in it, called {@code broken}. */
  public static Backend broken(String fault) {
    return program("broken", Path.of("src", "test", "programs", "broken_backend.py"), fault);
  }

  private static Backend program(String name, Path script, String... arguments) {
    List<String> words = new java.util.ArrayList<>(List.of(interpreter(), script.toString()));
    words.addAll(List.of(arguments));
    return new ProgramBackend(name, new GivenProgram(words), LIMIT);
  }
}
