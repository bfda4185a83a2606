package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.page.Provenance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Made-up results of the claims: one was not shown, and a library refuted another. */
public final class WrittenTextbook {

  private static final Provenance HERE =
      new Provenance(Map.of("processor", "P"), List.of("lockstep study textbook"), List.of());

  private WrittenTextbook() {}

  /** Writes the results, without pictures. */
  public static void write(Path file) {
    JsonFile.write(file, textbook(null));
  }

  /** Writes the results with pictures. */
  static void writeWithUnits(Path file) {
    JsonFile.write(file, textbook(WrittenUnits.study(2, 3, WrittenUnits.VECTOR)));
  }

  private static TextbookJson textbook(@Nullable UnitStudy units) {
    List<Textbook.Result> results =
        Textbook.CLAIMS.stream().flatMap(WrittenTextbook::found).toList();
    return TextbookJson.of(new Textbook(results), HERE, units);
  }

  private static Stream<Textbook.Result> found(Claim claim) {
    return switch (claim.letter()) {
      case "a" ->
          Stream.of(
              result(claim, "vector", Finding.of(true, List.of(Figure.count("units", 7)))),
              new Textbook.Result(
                  "digits",
                  claim,
                  List.of("lib"),
                  true,
                  new Finding(Verdict.DIFFERS, "", List.of(Figure.share("right", 0.25)))));
      case "b" ->
          both(
              claim,
              Finding.of(
                  true,
                  List.of(
                      new Figure("first step", List.of(Double.NaN, 3.0), Figure.Form.STEP),
                      Figure.number("change", 1e-3))));
      case "c" -> both(claim, Finding.notShown("not enough steps", List.of()));
      default -> both(claim, Finding.of(true, List.of()));
    };
  }

  private static Stream<Textbook.Result> both(Claim claim, Finding finding) {
    return Stream.of(
        new Textbook.Result("digits", claim, List.of("vector", "lib"), false, finding));
  }

  private static Textbook.Result result(Claim claim, String backend, Finding finding) {
    return new Textbook.Result("digits", claim, List.of(backend), false, finding);
  }
}
