package dev.lockstep.input;

import java.util.regex.Pattern;

/** Makes any text safe to print on one line of a terminal. */
public final class Printable {

  /** Control and format characters, line and paragraph separators, halves of a character. */
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

  private Printable() {}

  /**
   * Replaces every character that could move the cursor, change colours, start a new line or hide
   * text. Names from files, variables and arguments may contain them.
   */
  public static String of(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }
}
