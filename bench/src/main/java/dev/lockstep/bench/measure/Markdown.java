package dev.lockstep.bench.measure;

import java.util.ArrayList;
import java.util.List;

/** The answer as a page: its columns line up, so it stands as it is. */
final class Markdown {
  private Markdown() {}

  static List<String> of(List<String> answer) {
    List<String> page = new ArrayList<>(List.of("# Lockstep bench", "", "```"));
    page.addAll(answer);
    page.add("```");
    return page;
  }
}
