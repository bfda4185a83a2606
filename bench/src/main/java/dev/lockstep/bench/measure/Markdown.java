package dev.lockstep.bench.measure;

import java.util.ArrayList;
import java.util.List;

/** Wraps the text report into a Markdown page, as a code block because its columns are aligned. */
final class Markdown {
  private Markdown() {}

  static List<String> of(List<String> answer) {
    List<String> page = new ArrayList<>(List.of("# Lockstep bench", "", "```"));
    page.addAll(answer);
    page.add("```");
    return page;
  }
}
