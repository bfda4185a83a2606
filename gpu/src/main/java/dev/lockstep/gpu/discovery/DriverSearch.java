package dev.lockstep.gpu.discovery;

import dev.lockstep.gpu.discovery.DriverTranscript.FormException;
import dev.lockstep.gpu.discovery.DriverTranscript.Key;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.LoaderSearch;
import dev.lockstep.machine.NativeLibrary;
import java.util.List;
import java.util.Optional;

/**
 * Looks for the NVIDIA driver and asks it, in a process of its own, for its devices. A process that
 * was started by one that has asked already is given the answer by a system property.
 */
final class DriverSearch {

  /** The system property with the answer, whose lines are separated by semicolons. */
  static final String PROPERTY = "lockstep.cuda.driver";

  private static final String SEPARATOR = ";";

  private DriverSearch() {}

  /** The lines of a transcript. */
  static List<String> lines(Environment environment) {
    return handedDown().orElseGet(() -> asked(environment));
  }

  /** The transcript of these lines. */
  static DriverTranscript transcript(List<String> lines) {
    try {
      return DriverTranscript.read(lines);
    } catch (FormException e) {
      return DriverTranscript.nonsense("disturbs the process that asks it: " + e.getMessage());
    }
  }

  /** The value of the property for a process that this one starts. */
  static String property(List<String> lines) {
    return String.join(SEPARATOR, lines);
  }

  /** An answer of another form, that of another version for one, is none. */
  private static Optional<List<String>> handedDown() {
    String text = System.getProperty(PROPERTY, "");
    if (text.isEmpty() || text.length() > DriverTranscript.LONGEST) {
      return Optional.empty();
    }
    List<String> lines = List.of(text.split(SEPARATOR));
    try {
      DriverTranscript.read(lines);
      return Optional.of(lines);
    } catch (FormException e) {
      return Optional.empty();
    }
  }

  private static List<String> asked(Environment environment) {
    try {
      NativeLibrary.requireAllowed();
      String searchPath = environment.variable(Environment.SEARCH_PATH).orElse("");
      if (LoaderSearch.ofThisMachine(searchPath).files(DriverProbe.LIBRARY).isEmpty()) {
        // The loader has the last word. A machine without a driver is spared a process.
        NativeLibrary.open(DriverProbe.LIBRARY);
      }
    } catch (LoadException e) {
      return List.of(
          DriverTranscript.line(Key.REFUSED, e.kind(), e.reason()), DriverTranscript.line(Key.END));
    }
    return DriverProcess.look(environment.variables());
  }
}
