package dev.lockstep.bench.study;

import dev.lockstep.bench.study.UnitStudy.Moment;
import dev.lockstep.bench.study.UnitStudy.Quality;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.List;
import java.util.Locale;

/** Prints how two trainings went. */
final class UnitsText {

  private UnitsText() {}

  static void print(UnitStudy study, Printer out) {
    out.paragraph(
        String.format(
            Locale.ROOT,
            "%s on %s, %d steps of %d rows; classes of equal units, loss on the training rows,"
                + " test rows named right",
            study.network(),
            study.data(),
            study.steps(),
            study.batch()));
    Table table =
        new Table(
            1,
            List.of(
                Table.number("step"),
                Table.number("copies:"),
                Table.number("loss"),
                Table.number("right"),
                Table.number("random:"),
                Table.number("loss"),
                Table.number("right"),
                Table.number("one unit: loss"),
                Table.number("right")));
    for (int i = 0; i < study.oneUnit().size(); i++) {
      Moment equal = study.equal().moments().get(i);
      Moment random = study.random().moments().get(i);
      Quality one = study.oneUnit().get(i);
      table.row(
          String.valueOf(one.step()),
          classes(equal),
          loss(equal.quality()),
          right(study, equal.quality()),
          classes(random),
          loss(random.quality()),
          right(study, random.quality()),
          loss(one),
          right(study, one));
    }
    out.table(table, 0);
    out.paragraph(
        String.format(
            Locale.ROOT,
            "Units of seeds %d and %d: similarity %.2f in the best matching, %.2f by number, %.2f"
                + " of any two; %.2f in the best matching before training.",
            study.chance().seeds().getFirst(),
            study.chance().seeds().getLast(),
            study.chance().matched(),
            study.chance().byNumber(),
            study.chance().any(),
            study.chance().before()));
    study.differing().forEach(fault -> out.verdict("FAULT: " + fault));
    out.verdict(
        "Every bit at every step above is the same on "
            + String.join(", ", study.backends())
            + ".");
  }

  private static String classes(Moment moment) {
    return String.valueOf(moment.weights().size());
  }

  private static String loss(Quality quality) {
    return String.format(Locale.ROOT, "%.3f", quality.loss());
  }

  private static String right(UnitStudy study, Quality quality) {
    return String.format(Locale.ROOT, "%.0f%%", 100.0 * quality.right() / study.testRows());
  }
}
