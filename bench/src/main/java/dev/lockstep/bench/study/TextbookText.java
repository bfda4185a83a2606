package dev.lockstep.bench.study;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.study.Textbook.Result;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.List;

/** Prints each claim with its figures and verdict. */
final class TextbookText {

  private TextbookText() {}

  static void print(Textbook textbook, Printer out) {
    String data = "";
    for (Result result : textbook.results()) {
      if (!result.data().equals(data)) {
        data = result.data();
        out.line();
        out.paragraph(data);
      }
      out.line();
      out.paragraph("(" + result.claim().letter() + ") " + result.claim().sentence(), 0, 4);
      Table figures = new Table(1, List.of(Table.text(""), Table.text("")));
      for (Figure figure : result.finding().figures()) {
        figures.row(figure.name(), figure.text());
      }
      out.table(figures, 6);
      String reason = result.finding().reason();
      out.paragraph(
          word(result.finding().verdict())
              + " on "
              + String.join(", ", result.backends())
              + (reason.isEmpty() ? "" : ": " + reason),
          4,
          6);
    }
    long notShown = textbook.count(Verdict.INCONCLUSIVE);
    out.line();
    out.verdict(
        textbook.count(Verdict.AGREES)
            + " of "
            + textbook.results().size()
            + " claims hold"
            + (notShown == 0 ? "." : "; " + notShown + " neither shown nor refuted."));
  }

  static String word(Verdict verdict) {
    return switch (verdict) {
      case AGREES -> "HOLDS";
      case INCONCLUSIVE -> "INCONCLUSIVE";
      case DIFFERS, ALARM, FAILED, UNAVAILABLE, UNSUPPORTED -> "DOES NOT HOLD";
    };
  }
}
