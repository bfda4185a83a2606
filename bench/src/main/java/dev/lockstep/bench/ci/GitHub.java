package dev.lockstep.bench.ci;

import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.ci.Issue.Severity;
import dev.lockstep.bench.report.ForeignText;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Terminal;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;

/**
 * The flag {@code --github}: annotations and a job summary of GitHub Actions.
 *
 * <p>GitHub obeys lines of a log that begin with {@code ::}. The report may repeat text from
 * elsewhere, so it is printed between two lines with a random word that switch commands off and on.
 */
public final class GitHub {

  static final String SUMMARY = "GITHUB_STEP_SUMMARY";

  /** GitHub shows no more annotations of a level for each step. */
  static final int MOST_ANNOTATIONS = 10;

  private static final int LONGEST_ANNOTATION = 1000;
  private static final int MOST_ROWS = 100;
  private static final int LONGEST_CELL = 400;
  private static final int MOST_LINES = 300;
  private static final int LONGEST_LINE = 400;

  @Option(
      names = "--github",
      description =
          "Print annotations for GitHub Actions, and append the report to the job summary.")
  boolean on;

  /** How GitHub shows an annotation. */
  private enum Level implements Labelled {
    ERROR,
    WARNING,
    NOTICE;

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a command has to tell.
   *
   * @param title the command's name
   * @param issues everything found, also what a baseline lists
   * @param baseline what a baseline says about it
   * @param notes sentences about the whole report
   */
  public record Told(
      String title, List<Issue> issues, Optional<Judged> baseline, List<String> notes) {

    /** Returns the issues that are shown so; those that the baseline lists are not shown. */
    private List<Issue> of(Level level) {
      return baseline
          .map(judged -> level == Level.ERROR ? judged.fresh() : List.<Issue>of())
          .orElseGet(() -> issues.stream().filter(issue -> level(issue) == level).toList());
    }

    private static Level level(Issue issue) {
      return issue.severity() == Severity.FINDING ? Level.WARNING : Level.ERROR;
    }
  }

  /**
   * Checks that the job summary can be written, before anything runs.
   *
   * @throws InputException if it cannot
   */
  public void require() {
    summary().ifPresent(file -> append(file, ""));
  }

  private Optional<Path> summary() {
    String file = on ? System.getenv(SUMMARY) : null;
    return file == null || file.isEmpty() ? Optional.empty() : Optional.of(Path.of(file));
  }

  private static void append(Path file, String text) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new InputException(SUMMARY, "file", file, "expected a regular file");
    }
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }

  /** Prints the report so that GitHub obeys none of its lines. */
  public void printing(Runnable report) {
    if (!on) {
      report.run();
      return;
    }
    String word = UUID.randomUUID().toString();
    Printer out = Printer.out();
    out.line("::stop-commands::" + word);
    try {
      report.run();
    } finally {
      out.line("::" + word + "::");
    }
  }

  /**
   * Prints the annotations and writes the summary, if the flag was given.
   *
   * @param report prints the report as text
   * @throws InputException if the summary cannot be written
   */
  public void tell(Told told, Consumer<Printer> report) {
    if (!on) {
      return;
    }
    annotations(told).forEach(Printer.out()::line);
    Optional<Path> summary = summary();
    if (summary.isEmpty()) {
      Printer.err().line("lockstep: " + SUMMARY + " is not set, so there is no job summary");
      return;
    }
    append(summary.get(), String.join("\n", markdown(told, report)) + "\n");
  }

  /** Returns the lines that GitHub turns into annotations. */
  static List<String> annotations(Told told) {
    List<String> lines = new ArrayList<>();
    for (Level level : List.of(Level.ERROR, Level.WARNING)) {
      List<Issue> issues = told.of(level);
      int shown = issues.size() > MOST_ANNOTATIONS ? MOST_ANNOTATIONS - 1 : issues.size();
      issues.stream()
          .limit(shown)
          .map(i -> annotation(level, told.title() + ": " + i.code(), i.sentence()))
          .forEach(lines::add);
      if (shown < issues.size()) {
        String more = (issues.size() - shown) + " more are in the report of this step";
        lines.add(annotation(level, told.title(), more));
      }
    }
    told.notes().stream()
        .limit(MOST_ANNOTATIONS)
        .map(note -> annotation(Level.NOTICE, told.title(), note))
        .forEach(lines::add);
    return lines;
  }

  private static String annotation(Level level, String title, String text) {
    return ForeignText.workflowCommand(level.label(), title, text, LONGEST_ANNOTATION);
  }

  /** Returns the job summary. */
  static List<String> markdown(Told told, Consumer<Printer> report) {
    List<String> lines = new ArrayList<>(List.of("## " + told.title(), ""));
    told.notes().forEach(note -> lines.add("* " + cell(note)));
    List<Row> rows = rows(told);
    if (!rows.isEmpty()) {
      lines.addAll(List.of("", "| | backend | where | code | what |", "|---|---|---|---|---|"));
      rows.stream().limit(MOST_ROWS).map(Row::markdown).forEach(lines::add);
      if (rows.size() > MOST_ROWS) {
        lines.addAll(List.of("", rows.size() - MOST_ROWS + " more"));
      }
    }
    List<String> text = Printer.lines(Terminal.USUAL_COLUMNS, UnaryOperator.identity(), report);
    // The verdict comes last.
    List<String> end = text.subList(Math.max(0, text.size() - MOST_LINES), text.size());
    lines.addAll(List.of("", "<details open><summary>report</summary>", ""));
    lines.addAll(
        ForeignText.markdownCode(
            end.stream().map(line -> ForeignText.cut(line, LONGEST_LINE)).toList()));
    lines.addAll(List.of("", "</details>", ""));
    return lines;
  }

  private record Row(String level, Issue issue) {
    String markdown() {
      return "| "
          + level
          + " | "
          + cell(issue.backend())
          + " | "
          + cell(issue.where())
          + " | "
          + cell(issue.code())
          + " | "
          + cell(issue.text())
          + " |";
    }
  }

  private static List<Row> rows(Told told) {
    List<Row> rows = new ArrayList<>();
    for (Level level : List.of(Level.ERROR, Level.WARNING)) {
      told.of(level).forEach(issue -> rows.add(new Row(level.label(), issue)));
    }
    told.baseline()
        .ifPresent(judged -> judged.known().forEach(issue -> rows.add(new Row("known", issue))));
    return rows;
  }

  private static String cell(String text) {
    return ForeignText.markdown(ForeignText.cut(text, LONGEST_CELL));
  }
}
