package dev.lockstep.bench.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a suite came to, for people: at most {@value #MOST_LINES} lines of Markdown. */
final class Summary {
  static final int MOST_LINES = 60;

  private final List<Section> sections = new ArrayList<>();

  private record Section(String title, List<String> lines) {}

  /**
   * Adds a section, unless there is nothing in it.
   *
   * @param most lines of it that are shown; of others only the number is told
   */
  void section(String title, int most, List<String> lines) {
    if (!lines.isEmpty()) {
      List<String> shown = new ArrayList<>(lines.subList(0, Math.min(most, lines.size())));
      if (lines.size() > most) {
        shown.set(most - 1, String.format(Locale.ROOT, "(%d more lines)", lines.size() - most + 1));
      }
      sections.add(new Section(title, List.copyOf(shown)));
    }
  }

  /** All of it, under a heading. Where there are too many lines the longest section gives. */
  List<String> lines(String heading) {
    List<Section> kept = new ArrayList<>(sections);
    while (1 + kept.stream().mapToInt(section -> section.lines().size() + 1).sum() > MOST_LINES) {
      int longest = 0;
      for (int i = 1; i < kept.size(); i++) {
        longest = kept.get(i).lines().size() > kept.get(longest).lines().size() ? i : longest;
      }
      Section section = kept.get(longest);
      List<String> fewer = new ArrayList<>(section.lines().subList(0, section.lines().size() - 2));
      fewer.add("(more lines in the JSON files)");
      kept.set(longest, new Section(section.title(), fewer));
    }
    List<String> lines = new ArrayList<>();
    lines.add(heading);
    for (Section section : kept) {
      lines.add("## " + section.title());
      section.lines().forEach(line -> lines.add("    " + line));
    }
    return lines;
  }
}
