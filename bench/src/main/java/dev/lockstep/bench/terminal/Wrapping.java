package dev.lockstep.bench.terminal;

import java.util.ArrayList;
import java.util.List;

/** Breaks long lines between words. */
final class Wrapping {

  private Wrapping() {}

  /**
   * Wraps text between words. Words longer than a line, such as paths, are not broken.
   *
   * @param columns the most characters of a line
   * @param indent the start of every line but the first
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
   * Breaks a shell command before its flags, with backslashes, but not within quotes.
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

  /** Wraps text like {@link #of}, but also cuts words longer than a line, paths after a slash. */
  static List<String> within(String text, int columns) {
    List<String> lines = new ArrayList<>();
    for (String line : of(text, columns, "")) {
      int start = 0;
      do {
        int end = Math.min(line.length(), start + columns);
        int slash = end < line.length() ? line.lastIndexOf('/', end - 1) : -1;
        end = slash > start ? slash + 1 : end;
        boolean halves = end < line.length() && Character.isLowSurrogate(line.charAt(end));
        end = halves && end > start + 1 ? end - 1 : end;
        lines.add(line.substring(start, end));
        start = end;
      } while (start < line.length());
    }
    return lines;
  }
}
