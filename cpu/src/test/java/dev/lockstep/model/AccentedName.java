package dev.lockstep.model;

import java.nio.charset.Charset;

/** A character beyond ASCII for the names of files, where the locale of the tests has any. */
public final class AccentedName {

  private AccentedName() {}

  /** True if a file can have it in its name: false in the POSIX locale. */
  public static boolean isPossible() {
    return Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode('\u00e4');
  }

  /** The letter, or the one without its accent. */
  public static String letter() {
    return isPossible() ? "\u00e4" : "a";
  }
}
