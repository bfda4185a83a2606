package dev.lockstep.bench.ci;

import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.terminal.Printer;
import java.util.List;

/** Prints what a baseline says about a run. */
public final class BaselineText {

  private static final int MOST_LINES = 20;
  private static final int INDENT = 2;

  private BaselineText() {}

  /** Prints the numbers, and what is new, gone, added or removed. */
  public static void print(Judged judged, Printer out) {
    out.paragraph(
        "baseline "
            + judged.file()
            + ": "
            + judged.known().size()
            + " known, "
            + judged.fresh().size()
            + " new",
        0,
        INDENT);
    print("new", judged.fresh(), out);
    print("added", judged.added(), out);
    print("removed", judged.removed(), out);
    print("no longer occurs", judged.gone(), out);
  }

  private static void print(String what, List<?> all, Printer out) {
    all.stream()
        .limit(MOST_LINES)
        .forEach(each -> out.paragraph(what + ": " + each, INDENT, 2 * INDENT));
    if (all.size() > MOST_LINES) {
      out.paragraph(what + ": " + (all.size() - MOST_LINES) + " more", INDENT, 2 * INDENT);
    }
  }
}
