package dev.lockstep.input;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Makes any text safe to print on one line of a terminal, and visible.
 *
 * <p>Names from files, variables, arguments, programs and results may contain characters that move
 * the cursor, change colours, start a new line, reverse the order of text or hide it. Each becomes
 * its escape in the notation of bash: {@code \n}, {@code \u202e}, {@code \U000e0041}. Text that is
 * already escaped stays as it is.
 */
public final class Printable {

  /**
   * Control and format characters, separators of lines and paragraphs, halves of a character,
   * characters not yet assigned, and the others that Unicode tells displays to ignore
   * (Default_Ignorable_Code_Point): fillers, joiners and variation selectors.
   */
  private static final Pattern UNPRINTABLE =
      Pattern.compile(
          "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Cn}"
              + "\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u3164\\ufe00-\\ufe0f\\uffa0"
              + "\\x{e0000}-\\x{e0fff}]");

  private Printable() {}

  /** Replaces every character that is not printable by its escape. */
  public static String of(String text) {
    return UNPRINTABLE
        .matcher(text)
        .replaceAll(found -> "\\\\" + escape(found.group().codePointAt(0)));
  }

  /**
   * Does the same and cuts what is longer than {@code longest} characters, between escapes, where
   * three dots follow.
   */
  public static String of(String text, int longest) {
    StringBuilder all = new StringBuilder();
    for (int i = 0, next; i < text.length(); i = next) {
      next = text.offsetByCodePoints(i, 1);
      String shown = of(text.substring(i, next));
      if (all.length() + shown.length() > longest) {
        return all + "...";
      }
      all.append(shown);
    }
    return all.toString();
  }

  /** The escape of a character, without its backslash. */
  private static String escape(int character) {
    return switch (character) {
      case '\n' -> "n";
      case '\r' -> "r";
      case '\t' -> "t";
      default -> String.format(Locale.ROOT, character < 0x10000 ? "u%04x" : "U%08x", character);
    };
  }
}
