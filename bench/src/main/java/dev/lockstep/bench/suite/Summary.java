package dev.lockstep.bench.suite;

import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.terminal.Printer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The text report of a suite: at most {@value #MOST_LINES} lines of Markdown. */
final class Summary {
  static final int MOST_LINES = 60;

  /** The heading above the verdicts, which come last. */
  static final String VERDICT = "## Verdict";

  private static final String INDENT = "    ";

  private final List<Section> sections = new ArrayList<>();

  private record Section(String title, int most, Consumer<Printer> content) {}

  private record Laid(String title, List<String> lines) {}

  /**
   * Adds a section; it is left out if it turns out to be empty.
   *
   * @param most maximum number of lines; a longer section ends with the number of lines left out
   */
  void section(String title, int most, Consumer<Printer> content) {
    sections.add(new Section(title, most, content));
  }

  /** Adds a section of paragraphs. */
  void section(String title, int most, List<String> paragraphs) {
    section(
        title, most, out -> paragraphs.forEach(text -> out.paragraph(text, 0, INDENT.length())));
  }

  /**
   * Returns the report, with the heading first and the verdict last. If there are too many lines,
   * the longest section is shortened.
   *
   * @param columns maximum number of characters per line
   * @param verdict one paragraph for each part that has a verdict
   */
  List<String> lines(String heading, int columns, List<String> verdict) {
    List<Laid> kept = new ArrayList<>();
    for (Section section : sections) {
      List<String> lines = laidOut(section, columns);
      if (!lines.isEmpty()) {
        kept.add(new Laid("## " + section.title(), lines));
      }
    }
    Laid last =
        new Laid(
            VERDICT,
            laidOut(
                new Section(
                    "", MOST_LINES, out -> verdict.forEach(text -> out.paragraph(text, 0, 4))),
                columns));
    int most = MOST_LINES - 2 - last.lines().size();
    while (kept.stream().mapToInt(section -> section.lines().size() + 1).sum() > most) {
      int longest = 0;
      for (int i = 1; i < kept.size(); i++) {
        longest = kept.get(i).lines().size() > kept.get(longest).lines().size() ? i : longest;
      }
      Laid section = kept.get(longest);
      List<String> fewer = new ArrayList<>(section.lines().subList(0, section.lines().size() - 2));
      fewer.add("(more lines in the JSON files)");
      kept.set(longest, new Laid(section.title(), fewer));
    }
    kept.add(last);
    List<String> lines = new ArrayList<>();
    lines.add(heading);
    for (Laid section : kept) {
      lines.add(section.title());
      section.lines().forEach(line -> lines.add(line.isEmpty() ? line : INDENT + line));
    }
    return lines;
  }

  private static List<String> laidOut(Section section, int columns) {
    List<String> lines =
        Printer.lines(columns - INDENT.length(), PathFree::text, section.content());
    if (lines.size() <= section.most()) {
      return lines;
    }
    List<String> shown = new ArrayList<>(lines.subList(0, section.most() - 1));
    shown.add(String.format(Locale.ROOT, "(%d more lines)", lines.size() - section.most() + 1));
    return shown;
  }
}
