package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.study.Textbook.Result;
import java.io.PrintStream;

/** The claims for people: sentence, verdict, figures. */
final class TextbookText {

  private TextbookText() {}

  static void print(Textbook textbook, PrintStream out) {
    String data = "";
    for (Result result : textbook.results()) {
      if (!result.data().equals(data)) {
        data = result.data();
        out.printf("%n%s%n", data);
      }
      out.printf("%n(%s) %s%n", result.claim().letter(), result.claim().sentence());
      for (Figure figure : result.finding().figures()) {
        out.printf("      %-62s %s%n", figure.name(), figure.text());
      }
      String reason = result.finding().reason();
      out.printf(
          "    %s on %s%s%n",
          word(result.finding().verdict()),
          String.join(", ", result.backends()),
          reason.isEmpty() ? "" : ": " + reason);
    }
    long notShown = textbook.count(Verdict.INCONCLUSIVE);
    out.printf(
        "%n%d of %d claims hold%s.%n",
        textbook.count(Verdict.AGREES),
        textbook.results().size(),
        notShown == 0 ? "" : "; %d neither shown nor refuted".formatted(notShown));
  }

  static String word(Verdict verdict) {
    return switch (verdict) {
      case AGREES -> "HOLDS";
      case INCONCLUSIVE -> "INCONCLUSIVE";
      case DIFFERS, FAILED, UNAVAILABLE, UNSUPPORTED -> "DOES NOT HOLD";
    };
  }
}
