package dev.lockstep.bench.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Provenance;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of the claims as JSON: what {@code study textbook --json} writes, and what a page
 * shows.
 *
 * @param provenance where they were tested, and how to repeat it
 * @param units the pictures that explain them; null if no exact backend could draw them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TextbookJson(
    int schema,
    String kind,
    int exitCode,
    List<Result> results,
    Provenance provenance,
    @JsonSetter(nulls = Nulls.SET) @Nullable UnitStudy units) {

  /**
   * A {@link Textbook.Result}.
   *
   * @param claim the sentence
   * @param verdict a {@link TextbookText#word}
   * @param reason null unless the claim is INCONCLUSIVE
   * @param library whether all backends are libraries
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Result(
      String data,
      String letter,
      String claim,
      String verdict,
      @JsonSetter(nulls = Nulls.SET) @Nullable String reason,
      List<String> backends,
      boolean library,
      List<Figures> figures) {

    private static Result of(Textbook.Result result) {
      Finding finding = result.finding();
      return new Result(
          result.data(),
          result.claim().letter(),
          result.claim().sentence(),
          TextbookText.word(finding.verdict()),
          finding.reason().isEmpty() ? null : finding.reason(),
          result.backends(),
          result.library(),
          finding.figures().stream().map(Figures::of).toList());
    }
  }

  /**
   * A {@link Figure}.
   *
   * @param values null for one that is missing or not finite, which JSON cannot have
   */
  record Figures(
      String name,
      Figure.Form form,
      @JsonSetter(contentNulls = Nulls.SET) List<@Nullable Double> values) {

    private static Figures of(Figure figure) {
      return new Figures(
          figure.name(),
          figure.form(),
          figure.values().stream().<@Nullable Double>map(Figures::finite).toList());
    }

    private static @Nullable Double finite(double value) {
      return Double.isFinite(value) ? value : null;
    }

    /** The values for people. */
    String text() {
      return new Figure(
              name, values.stream().map(each -> each == null ? Double.NaN : each).toList(), form)
          .text();
    }
  }

  /** Returns results as a record. */
  static TextbookJson of(Textbook textbook, Provenance provenance, @Nullable UnitStudy units) {
    return new TextbookJson(
        Document.STUDY.version(),
        Document.STUDY.kind(),
        textbook.exitCode(),
        textbook.results().stream().map(Result::of).toList(),
        provenance,
        units);
  }

  /** The same with the exit code of a command. */
  TextbookJson with(int code) {
    return new TextbookJson(schema, kind, code, results, provenance, units);
  }

  /**
   * Reads results from a file and adds them to a page.
   *
   * @throws dev.lockstep.input.InputException if it holds none, or some that contradict each other
   */
  public static void addTo(Contents contents, String name, Path file) {
    TextbookJson textbook = JsonFile.read(file, JsonFile.tree(file), TextbookJson.class);
    TextbookCheck.require(file.toString(), textbook);
    textbook.addTo(contents, name);
  }

  /** Adds the claims to a page, the pictures that explain them, and where they were tested. */
  void addTo(Contents contents, String name) {
    contents.add(name, this).add(name, provenance);
    if (units != null) {
      contents.add("study units", units);
    }
  }
}
