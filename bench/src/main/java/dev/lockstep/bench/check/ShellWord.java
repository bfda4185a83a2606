package dev.lockstep.bench.check;

import dev.lockstep.input.Printable;
import java.util.Locale;

/** Text as one word of a shell's command line, for commands that people copy. */
final class ShellWord {

  private ShellWord() {}

  /**
   * A word that stands for the text, whatever characters are in it: as it is if no shell gives any
   * of them a meaning, else in quotes, and with escapes for what does not show on a terminal.
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
