package dev.lockstep.scenario;

import dev.lockstep.data.Scaling;
import dev.lockstep.model.InputException;
import dev.lockstep.model.Labelled;
import java.nio.file.Path;
import java.util.List;

/**
 * A data file and what stands behind its question mark: {@code KIND:FILE?option=value&...}.
 *
 * @param label column of a table; empty if none is named
 * @param testShare of the rows, above 0 and below 1
 */
record FileOptions(Path file, String label, double testShare, Scaling scaling) {

  private static final double USUAL_SHARE = 0.2;

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
    double testShare = USUAL_SHARE;
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
        case "test" -> testShare = Double.parseDouble(value);
        default -> scaling = Labelled.of(Scaling.class, source, value);
      }
    }
    if (!(testShare > 0 && testShare < 1)) {
      throw new InputException(source, "data option test", testShare, "expected above 0, below 1");
    }
    return new FileOptions(file, label, testShare, scaling);
  }
}
