package dev.lockstep.bench.measure;

import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.results.RunFolder;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Terminal;

/** The files that sum up a run: {@code summary.csv} and {@code summary.md}. */
public final class Summaries {

  private Summaries() {}

  /** Writes both files. */
  public static void write(RunResult run, RunFolder folder) {
    folder.write("summary.csv", SummaryCsv.of(run));
    folder.write(
        "summary.md",
        Markdown.of(
            Printer.lines(Terminal.USUAL_COLUMNS, PathFree::text, to -> Answer.print(run, to))));
  }
}
