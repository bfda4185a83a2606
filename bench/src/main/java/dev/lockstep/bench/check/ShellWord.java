package dev.lockstep.bench.check;

import dev.lockstep.input.Printable;
import java.util.Locale;

/** Quotes text as one word of a shell command, for commands that users copy. */
final class ShellWord {

  private ShellWord() {}

  /**
   * Returns the text unchanged if none of its characters is special to a shell, else in single
   * quotes, or in {@code $'...'} with escapes if a character is not printable.
   */
  static String quoted(String text) {
    if (text.matches("[\\w@%+=:,./-]+")) {
      return text;
    }
    if (Printable.of(text).equals(text)) {
      return "'" + text.replace("'", "'\\''") + "'";
    }
    StringBuilder word = new StringBuilder("$'");
    text.codePoints()
        .forEach(
            c ->
                word.append(
                    c >= ' ' && c < 0x7f && c != '\'' && c != '\\'
                        ? Character.toString(c)
                        : String.format(Locale.ROOT, "\\U%08x", c)));
    return word.append('\'').toString();
  }
}
