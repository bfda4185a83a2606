package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.study.Textbook.Result;
import java.io.PrintStream;
import java.util.Locale;

/** The claims for people: sentence, verdict, figures. */
final class TextbookText {

  private TextbookText() {}

  static void print(Textbook textbook, PrintStream out) {
    String data = "";
    for (Result result : textbook.results()) {
      if (!result.data().equals(data)) {
        data = result.data();
        out.printf(Locale.ROOT, "%n%s%n", data);
      }
      out.printf(Locale.ROOT, "%n(%s) %s%n", result.claim().letter(), result.claim().sentence());
      for (Figure figure : result.finding().figures()) {
        out.printf(Locale.ROOT, "      %-62s %s%n", figure.name(), figure.text());
      }
      out.printf(
          Locale.ROOT,
          "    %s on %s%n",
          word(result.finding().verdict()),
          String.join(", ", result.backends()));
    }
    long holding =
        textbook.results().stream().filter(r -> r.finding().verdict() == Verdict.AGREES).count();
    out.printf(Locale.ROOT, "%n%d of %d claims hold.%n", holding, textbook.results().size());
  }

  static String word(Verdict verdict) {
    return switch (verdict) {
      case AGREES -> "HOLDS";
      case INCONCLUSIVE -> "INCONCLUSIVE";
      case DIFFERS, FAILED, UNAVAILABLE, UNSUPPORTED -> "DOES NOT HOLD";
    };
  }
}
