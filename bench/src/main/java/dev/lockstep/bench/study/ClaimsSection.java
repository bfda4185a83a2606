package dev.lockstep.bench.study;

import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import java.util.List;
import java.util.Optional;

/** The claims of textbooks, each with its figures and verdict. */
public final class ClaimsSection implements Section {

  private record Claimed(
      String data,
      String letter,
      String sentence,
      String verdict,
      String reason,
      List<String> backends,
      List<Shown> figures) {}

  private record Shown(String name, String value) {}

  @Override
  public String id() {
    return "claims";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    return Contents.data(
        contents.all(TextbookJson.class).stream()
            .flatMap(each -> each.result().results().stream())
            .map(ClaimsSection::claimed)
            .toList());
  }

  private static Claimed claimed(TextbookJson.Result result) {
    return new Claimed(
        result.data(),
        result.letter(),
        result.claim(),
        result.verdict(),
        result.reason() == null ? "" : result.reason(),
        result.backends(),
        result.figures().stream().map(figure -> new Shown(figure.name(), figure.text())).toList());
  }
}
