package dev.lockstep.bench.external;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backends;
import dev.lockstep.bench.flags.Durations;
import dev.lockstep.input.InputException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags {@code --program} and {@code --program-timeout}. */
public final class ProgramOptions {
  /** The flag that adds a program. */
  public static final String FLAG = "--program";

  static final String TIMEOUT = "--program-timeout";

  @Option(
      names = FLAG,
      paramLabel = "NAME='COMMAND'",
      description = {
        "A program that takes part as the backend NAME; may be repeated.",
        "Without it, the names numpy, pytorch, jax and tensorflow stand for the adapters that come"
            + " with Lockstep."
      })
  @Nullable List<String> programs;

  @Option(
      names = TIMEOUT,
      paramLabel = "T",
      description = "Longest time for an answer of a program (default: ${DEFAULT-VALUE}).")
  String timeout = Programs.USUAL_LIMIT;

  /**
   * Registers the given programs as backends.
   *
   * @throws InputException if a flag is wrong
   */
  public void use() {
    Duration limit = Durations.parse(TIMEOUT, timeout);
    List<String> builtIn = builtIn();
    Map<String, GivenProgram> given = new LinkedHashMap<>();
    for (String text : programs == null ? List.<String>of() : programs) {
      var program = Programs.parse(FLAG, text, builtIn);
      if (given.put(program.getKey(), program.getValue()) != null) {
        throw new InputException(FLAG, "name", program.getKey(), "which is given twice");
      }
    }
    Programs.use(limit, given);
  }

  private static List<String> builtIn() {
    return Backends.all().stream()
        .filter(backend -> backend.placement() != Placement.PROCESS)
        .map(Backend::name)
        .toList();
  }

  /** The given flags as text, each after a space, with commands quoted by the caller's rule. */
  public String repeated(UnaryOperator<String> quoted) {
    StringBuilder text = new StringBuilder();
    for (String program : programs == null ? List.<String>of() : programs) {
      text.append(' ').append(FLAG).append(' ').append(quoted.apply(program));
    }
    if (!timeout.equals(Programs.USUAL_LIMIT)) {
      text.append(' ').append(TIMEOUT).append(' ').append(timeout);
    }
    return text.toString();
  }
}
