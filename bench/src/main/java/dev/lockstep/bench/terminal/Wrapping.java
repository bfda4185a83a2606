package dev.lockstep.bench.terminal;

import java.util.ArrayList;
import java.util.List;

/** Breaks long lines between words. */
final class Wrapping {

  private Wrapping() {}

  /**
   * Returns the text as one or more lines. A word that is longer than a line, such as a path, stays
   * whole.
   *
   * @param columns most characters of a line
   * @param indent goes before every line but the first
   */
  static List<String> of(String text, int columns, String indent) {
    List<String> lines = new ArrayList<>();
    String left = text.stripTrailing();
    while (left.length() > columns) {
      int start = left.length() - left.stripLeading().length();
      int end = left.lastIndexOf(' ', columns);
      if (end <= start) {
        end = left.indexOf(' ', Math.max(columns, start));
      }
      if (end < 0) {
        break;
      }
      lines.add(left.substring(0, end).stripTrailing());
      left = indent + left.substring(end).stripLeading();
    }
    lines.add(left);
    return lines;
  }

  /**
   * A command line, broken before its flags the way a shell wants it. What it quotes stays whole.
   *
   * @param indent blanks before every line but the first
   */
  static List<String> command(String text, int columns, int indent) {
    String continued = " \\";
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    boolean quoted = false;
    for (String part : text.split("(?= --)")) {
      boolean full = line.length() + part.length() > columns - continued.length();
      if (full && !quoted && !line.isEmpty()) {
        lines.add(line + continued);
        line = new StringBuilder(" ".repeat(indent)).append(part.stripLeading());
      } else {
        line.append(part);
      }
      quoted ^= part.chars().filter(c -> c == '\'').count() % 2 == 1;
    }
    lines.add(line.toString());
    return lines;
  }

  /**
   * The same as {@link #of} with every line at most so long: a longer word is cut, a path between
   * its folders.
   */
  static List<String> within(String text, int columns) {
    List<String> lines = new ArrayList<>();
    for (String line : of(text, columns, "")) {
      int start = 0;
      do {
        int end = Math.min(line.length(), start + columns);
        int slash = end < line.length() ? line.lastIndexOf('/', end - 1) : -1;
        end = slash > start ? slash + 1 : end;
        lines.add(line.substring(start, end));
        start = end;
      } while (start < line.length());
    }
    return lines;
  }
}
