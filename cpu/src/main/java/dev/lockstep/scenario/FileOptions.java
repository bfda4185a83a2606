package dev.lockstep.scenario;

import dev.lockstep.data.Scaling;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A data file with options, in the text form {@code FILE?option=value&...}.
 *
 * @param label the label column of a table; empty if it is not given
 * @param testShare the share of rows for testing, above 0 and below 1; null if it is not given
 * @param scaling how features are scaled; {@link Scaling#NONE} if it is not given
 */
record FileOptions(Path file, String label, @Nullable Double testShare, Scaling scaling) {

  /**
   * Parses a text form.
   *
   * @param known the options of this kind of file
   * @throws InputException naming the source and the option
   * @throws IllegalArgumentException if the text names no file
   */
  static FileOptions parse(String source, String text, List<String> known) {
    int question = text.lastIndexOf('?');
    if (question == 0) {
      throw new IllegalArgumentException("no file");
    }
    Path file = Path.of(text.substring(0, question < 0 ? text.length() : question));
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

  /** The text form that {@link #parse} reads. */
  @Override
  public String toString() {
    return file
        + (label.isEmpty() ? "?" : "?label=" + label + "&")
        + (testShare == null ? "" : "test=" + testShare + "&")
        + "scale="
        + scaling.label();
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
