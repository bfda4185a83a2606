package dev.lockstep.bench.compare;

import java.util.ArrayList;
import java.util.List;

/** Breaks long lines between words. */
final class Wrapping {

  static final int COLUMNS = 100;
  private static final String INDENT = "    ";

  private Wrapping() {}

  /** The line, or several; a word that is too long for any is left whole. */
  static List<String> of(String line) {
    List<String> lines = new ArrayList<>();
    String left = line;
    while (left.length() > COLUMNS) {
      int end = left.lastIndexOf(' ', COLUMNS);
      if (end <= INDENT.length()) {
        break;
      }
      lines.add(left.substring(0, end));
      left = INDENT + left.substring(end + 1);
    }
    lines.add(left);
    return lines;
  }
}
