package dev.lockstep.scenario;

import dev.lockstep.data.Scaling;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A data file and what stands behind its question mark: {@code KIND:FILE?option=value&...}.
 *
 * @param label column of a table; empty if none is named
 * @param testShare of the rows, above 0 and below 1; null if none is named
 */
record FileOptions(Path file, String label, @Nullable Double testShare, Scaling scaling) {

  /**
   * Reads a text form.
   *
   * @param known options of the kind
   * @throws InputException naming the source and the option
   */
  static FileOptions parse(String source, String text, List<String> known) {
    int start = text.indexOf(':') + 1;
    int question = text.lastIndexOf('?');
    Path file = Path.of(text.substring(start, question < 0 ? text.length() : question));
    String label = "";
    @Nullable Double testShare = null;
    Scaling scaling = Scaling.NONE;
    String[] options = question < 0 ? new String[0] : text.substring(question + 1).split("&", -1);
    for (String option : options) {
      String name = option.substring(0, Math.max(0, option.indexOf('=')));
      String value = option.substring(option.indexOf('=') + 1);
      if (!known.contains(name)) {
        throw new InputException(
            source, "data option", option, "expected one of " + String.join("=, ", known) + "=");
      }
      switch (name) {
        case "label" -> label = value;
        case "test" -> testShare = share(source, value);
        case "scale" -> scaling = Labelled.of(Scaling.class, source, value);
        default -> throw new IllegalStateException(name);
      }
    }
    return new FileOptions(file, label, testShare, scaling);
  }

  private static double share(String source, String text) {
    try {
      double share = Double.parseDouble(text);
      if (share > 0 && share < 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // the sentence below says it
    }
    throw new InputException(source, "data option test", text, "expected above 0, below 1");
  }
}
