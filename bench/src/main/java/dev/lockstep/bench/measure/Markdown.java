package dev.lockstep.bench.measure;

import dev.lockstep.bench.report.ForeignText;
import java.util.ArrayList;
import java.util.List;

/** Wraps the text report into a Markdown page, as a code block because its columns are aligned. */
final class Markdown {
  private Markdown() {}

  static List<String> of(List<String> answer) {
    List<String> page = new ArrayList<>(List.of("# Lockstep bench", ""));
    page.addAll(ForeignText.markdownCode(answer));
    return page;
  }
}
