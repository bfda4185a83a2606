package dev.lockstep.bench.check;

import dev.lockstep.backend.Kind;
import dev.lockstep.bench.check.CheckReport.Remark;
import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.ci.BaselineText;
import dev.lockstep.bench.surroundings.Surroundings;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The text report of a check: a table of backends, then claims, findings and faults. The verdict
 * comes last, because a terminal shows the end of the output.
 */
public record CheckText(CheckReport report) {

  private static final int INDENT = 2;

  public void print(Printer out) {
    details(out);
    report
        .baseline()
        .ifPresent(
            judged -> {
              out.line();
              BaselineText.print(judged, out);
            });
    out.line();
    out.verdict("Verdict: " + verdict());
  }

  /** Prints everything except the verdict. */
  public void details(Printer out) {
    out.table(new CheckTable(report).table(), INDENT);
    Surroundings.missing(report.chosen()).forEach(line -> out.paragraph(line, INDENT, 2 * INDENT));
    Table claims = new CheckClaims(report).table();
    if (!claims.isEmpty()) {
      out.line();
      out.table(claims, 0);
    }
    List<Remark> findings = report.findings();
    List<Remark> faults = report.faults();
    print(out, counted(findings.size(), "finding") + ":", findings);
    print(out, "not run:", report.notRun());
    print(out.verdicts(), counted(faults.size(), "fault") + ":", faults);
  }

  static String counted(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static void print(Printer out, String title, List<Remark> remarks) {
    if (!remarks.isEmpty()) {
      out.line();
      out.line(title);
      for (Remark remark : remarks) {
        out.paragraph(remark.sentence(), INDENT, 2 * INDENT);
        remark.evidence().forEach(line -> out.paragraph("| " + line, 2 * INDENT, 3 * INDENT));
        if (!remark.more().isEmpty()) {
          out.command(remark.more(), 2 * INDENT);
        }
      }
    }
  }

  /** Returns the verdict as a headline, which needs no text around it. */
  String headline() {
    return switch (report.verdict()) {
      case AGREES -> agreement(scenarios());
      case DIFFERS -> "Something differs " + scenarios() + ".";
      case FAILED -> "A backend broke down " + scenarios() + ".";
      case ALARM -> "An error is larger than rounding explains " + scenarios() + ".";
      case INCONCLUSIVE -> "Not everything could be decided " + scenarios() + ".";
      case UNAVAILABLE, UNSUPPORTED ->
          "A backend that was asked for could not run " + scenarios() + ".";
    };
  }

  private String scenarios() {
    String cells = counted(report.results().size(), "scenario");
    return "(" + cells + ", " + counted(report.steps(), "step") + ")";
  }

  /** Returns the verdict in words, and what was not tested. */
  public String verdict() {
    return verdict(scenarios())
        + report.baseline().map(CheckText::known).orElse("")
        + Warning.ofVerdict(report).stream()
            .map(warning -> " " + warning.text())
            .collect(Collectors.joining());
  }

  private String verdict(String scenarios) {
    return switch (report.verdict()) {
      case AGREES -> "AGREES. " + agreement(scenarios);
      case DIFFERS -> "DIFFERS " + scenarios + ". The faults above say what differs and where.";
      case FAILED -> "FAILED " + scenarios + ". A backend broke down; see the faults above.";
      case ALARM ->
          "ALARM "
              + scenarios
              + ". An error is larger than rounding explains; only once in a million checks is that"
              + " chance.";
      case INCONCLUSIVE -> "INCONCLUSIVE " + scenarios + ". " + inconclusive();
      case UNAVAILABLE, UNSUPPORTED ->
          "INCOMPLETE " + scenarios + ". A backend that was asked for could not run.";
    };
  }

  /** Returns what the exit code follows from if there is a baseline. */
  private static String known(Judged judged) {
    return judged.fresh().isEmpty()
        ? judged.known().isEmpty() ? "" : " The baseline lists all that was found."
        : " NOT IN THE BASELINE: " + counted(judged.fresh().size(), "finding") + ".";
  }

  private String inconclusive() {
    int notShown = report.notShown().size();
    int all = report.results().size() + (report.zeroStart().outcomes().isEmpty() ? 0 : 1);
    String also =
        report.faults().isEmpty() ? "" : "; the faults above say what else could not be decided";
    return notShown == 0
        ? "The faults above say what could not be decided."
        : "On these data " + notShown + " of " + all + " experiments show nothing" + also + ".";
  }

  private String agreement(String scenarios) {
    if (report.results().isEmpty()) {
      return "No scenario was run.";
    }
    int exact = report.running(Kind.EXACT).size();
    int libraries = report.running(Kind.LIBRARY).size() + report.running(Kind.LIBRARY_STEP).size();
    String also =
        switch (libraries) {
          case 0 -> "";
          case 1 -> ", 1 library within its bound";
          default -> ", " + libraries + " libraries within their bounds";
        };
    int replayed = report.orders().replayed();
    return exact < 2
        ? "Every comparison agrees "
            + scenarios
            + (replayed == 0
                ? "; nothing was compared bit for bit."
                : "; "
                    + counted(replayed, "product")
                    + " of libraries have the bits of their own order.")
        : exact + " exact backends agree bit for bit" + also + " " + scenarios + ".";
  }
}
