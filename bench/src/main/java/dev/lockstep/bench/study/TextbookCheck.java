package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.FieldCheck;
import dev.lockstep.bench.study.TextbookJson.Figures;
import dev.lockstep.bench.study.TextbookJson.Result;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks results of the claims that were read from a file. */
final class TextbookCheck {

  private static final String HOLDS = TextbookText.word(Verdict.AGREES);
  private static final String NOT_SHOWN = TextbookText.word(Verdict.INCONCLUSIVE);

  private static final Set<String> WORDS =
      Arrays.stream(Verdict.values()).map(TextbookText::word).collect(Collectors.toSet());

  private static final Map<String, Claim> CLAIMS =
      Textbook.CLAIMS.stream().collect(Collectors.toMap(Claim::letter, Function.identity()));

  private final FieldCheck file;
  private final TextbookJson textbook;

  private TextbookCheck(String source, TextbookJson textbook) {
    file = new FieldCheck(source);
    this.textbook = textbook;
  }

  /**
   * Checks them.
   *
   * @throws dev.lockstep.input.InputException naming the file, the field and the value
   */
  static void require(String source, TextbookJson textbook) {
    new TextbookCheck(source, textbook).requireAll();
    if (textbook.units() != null) {
      UnitStudyCheck.require(source + ", units", textbook.units());
    }
  }

  private void requireAll() {
    file.document(textbook.schema(), textbook.kind(), Document.STUDY);
    file.atLeast("number of results", textbook.results().size(), 1);
    for (int i = 0; i < textbook.results().size(); i++) {
      result(file.of("result " + (i + 1)), textbook.results().get(i));
    }
    complete();
    boolean fails =
        textbook.results().stream()
            .anyMatch(result -> !result.library() && !result.verdict().equals(HOLDS));
    file.atLeast("exit-code", textbook.exitCode(), fails ? 1 : 0);
  }

  private static void result(FieldCheck check, Result result) {
    check.oneOf("letter", result.letter(), CLAIMS.keySet().stream().sorted().toList());
    check.same("claim", result.claim(), claim(result).sentence());
    check.oneOf("verdict", result.verdict(), WORDS.stream().sorted().toList());
    check.require(
        (result.reason() != null) == result.verdict().equals(NOT_SHOWN),
        "reason",
        result.reason() == null ? "missing" : result.reason(),
        "which contradicts the verdict, " + result.verdict());
    check.atLeast("number of backends", result.backends().size(), 1);
    result.backends().forEach(backend -> Axis.require(check.source(), Axis.BACKEND, backend));
    result.figures().forEach(figures -> figures(check, figures));
  }

  private static Claim claim(Result result) {
    return Objects.requireNonNull(CLAIMS.get(result.letter()));
  }

  private static void figures(FieldCheck check, Figures figures) {
    for (Double value : figures.values()) {
      if (value != null) {
        boolean sound =
            switch (figures.form()) {
              case COUNT -> value >= 0 && value == Math.rint(value);
              case STEP -> value >= 1 && value == Math.rint(value);
              case SHARE -> value >= 0 && value <= 1;
              case NUMBER -> true;
            };
        check.require(
            sound && Double.isFinite(value),
            "values",
            value,
            "expected a " + figures.form().name().toLowerCase(Locale.ROOT));
      }
    }
  }

  /** Each backend has found something of each claim on each data set, once. */
  private void complete() {
    Map<String, Map<String, List<String>>> found = new LinkedHashMap<>();
    for (Result result : textbook.results()) {
      found
          .computeIfAbsent(result.data(), _ -> new LinkedHashMap<>())
          .merge(
              result.letter(),
              result.backends(),
              (some, others) -> Stream.concat(some.stream(), others.stream()).toList());
    }
    int number = 1;
    for (Map<String, List<String>> byLetter : found.values()) {
      FieldCheck check = file.of("data set " + number++);
      check.same("letters", new TreeSet<>(byLetter.keySet()), new TreeSet<>(CLAIMS.keySet()));
      List<String> all = byLetter.values().iterator().next().stream().sorted().toList();
      check.equal("number of different backends", Set.copyOf(all).size(), all.size());
      byLetter.forEach(
          (letter, backends) ->
              check.require(
                  backends.stream().sorted().toList().equals(all),
                  "backends",
                  backends,
                  "of claim " + letter + ", but other claims have others"));
    }
  }
}
