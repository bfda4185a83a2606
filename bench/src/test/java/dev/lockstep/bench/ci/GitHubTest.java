package dev.lockstep.bench.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.ChildJvm;
import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.ci.GitHub.Told;
import dev.lockstep.bench.ci.Issue.Severity;
import dev.lockstep.input.Printable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What GitHub Actions is told: annotations in the log, and the summary of the job. */
final class GitHubTest {

  /** As GitHub's runner reads a line. */
  private static final Pattern COMMAND =
      Pattern.compile("::(error|warning|notice) title=([^:,]*)::(.*)");

  private static final int ANNOTATION_LIMIT = 10;
  private static final int SUMMARY_LIMIT = 1 << 20;
  private static final String CELL =
      "check --backends scalar --width 7 --batch 33 --depth 1 --activation tanh --init equal"
          + " --optimizer sgd --loss cross-entropy --noise 0 --github --steps ";

  @TempDir Path folder;

  private static Told told(List<Issue> issues) {
    return new Told("lockstep check", issues, Optional.empty(), List.of());
  }

  private static Issue issue(Severity severity, String text) {
    return new Issue(severity, "failed", "back", "here", text);
  }

  private static String decoded(String data) {
    return data.replace("%0A", "\n")
        .replace("%0D", "\r")
        .replace("%3A", ":")
        .replace("%2C", ",")
        .replace("%25", "%");
  }

  /** Whatever the text is: one command a line, and the same text for the reader. */
  @Test
  void anyTextIsOneAnnotation() {
    Random random = new Random(20);
    String meaningful = "%0A%0D%3A%25::,\r\n ##[error]::set-output name=a::b\u001b[31m\u2028\u202e";
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = random.nextInt(20); k >= 0; k--) {
        text.append(
            random.nextBoolean()
                ? meaningful.substring(random.nextInt(meaningful.length()))
                : Character.toString(random.nextInt(Character.MAX_CODE_POINT + 1)));
        text.setLength(Math.min(text.length(), 100));
      }
      List<String> lines =
          GitHub.annotations(
              new Told(
                  text.toString(),
                  List.of(issue(Severity.FAULT, text.toString())),
                  Optional.empty(),
                  List.of(text.toString())));
      assertThat(lines).hasSize(2);
      for (String line : lines) {
        Matcher command = COMMAND.matcher(line);
        assertThat(command.matches()).as(line).isTrue();
        assertThat(Printable.of(line)).isEqualTo(line);
        assertThat(decoded(command.group(2))).startsWith(Printable.of(text.toString()));
        assertThat(decoded(command.group(3))).endsWith(Printable.of(text.toString()));
      }
    }
  }

  @Test
  void aFindingIsAWarningAndWhatABaselineLacksAnError() {
    Issue finding = issue(Severity.FINDING, "found");
    Issue fault = issue(Severity.EXACT_FAULT, "wrong");
    assertThat(GitHub.annotations(told(List.of(finding, fault))))
        .containsExactly(
            "::error title=lockstep check%3A failed::back, here: wrong",
            "::warning title=lockstep check%3A failed::back, here: found");
    Judged judged =
        new Judged(Path.of("b"), List.of(fault), List.of(finding), List.of(), List.of(), List.of());
    Told known = new Told("t", List.of(finding, fault), Optional.of(judged), List.of());
    assertThat(GitHub.annotations(known))
        .containsExactly("::error title=t%3A failed::back, here: found");
    assertThat(GitHub.markdown(known, _ -> {}))
        .contains(
            "| error | back | here | failed | found |", "| known | back | here | failed | wrong |");
  }

  @Test
  void annotationsAndSummaryAreBounded() {
    String long1 = "x|<b>".repeat(2000);
    List<Issue> many = new ArrayList<>(Collections.nCopies(1000, issue(Severity.FAULT, long1)));
    many.addAll(Collections.nCopies(1000, issue(Severity.FINDING, long1)));
    Told told = new Told("t", many, Optional.empty(), Collections.nCopies(99, long1));
    List<String> lines = GitHub.annotations(told);
    for (String level : List.of("error", "warning", "notice")) {
      assertThat(lines.stream().filter(line -> line.startsWith("::" + level)))
          .hasSize(ANNOTATION_LIMIT);
    }
    assertThat(lines).anyMatch(line -> line.endsWith("::991 more are in the report of this step"));
    String summary =
        String.join("\n", GitHub.markdown(told, to -> many.forEach(i -> to.line(i.text()))));
    assertThat(summary).hasSizeLessThan(SUMMARY_LIMIT).contains("1900 more");
    // Cells of the table hold no markup.
    assertThat(summary.lines().filter(line -> line.startsWith("| error")))
        .allMatch(line -> line.split("(?<!\\\\)\\|", -1).length == 7)
        .noneMatch(line -> Pattern.compile("(?<!\\\\)<").matcher(line).find());
  }

  @Test
  void theReportIsAppendedToTheSummary() throws Exception {
    Path summary = Files.writeString(folder.resolve("summary.md"), "before\n");
    ChildJvm.Run run =
        new ChildJvm(folder)
            .set("GITHUB_STEP_SUMMARY", summary.toString())
            .lockstep((CELL + "2").split(" "));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).isEmpty();
    List<String> lines = run.out().lines().toList();
    // No line of the report itself is a command.
    assertThat(lines.getFirst()).matches("::stop-commands::[0-9a-f-]{36}");
    String word = lines.getFirst().substring("::stop-commands::".length());
    int end = lines.indexOf("::" + word + "::");
    assertThat(lines.subList(end - 3, end)).anyMatch(line -> line.contains("Verdict: "));
    assertThat(lines.get(end + 1)).startsWith("::error title=lockstep check%3A did-not-move::");
    assertThat(Files.readString(summary))
        .startsWith("before\n## lockstep check\n")
        .contains("| error | scalar |", "did\\-not\\-move", "Verdict: INCONCLUSIVE");
  }

  @Test
  void withoutASummaryOneSentenceSaysSo() throws Exception {
    ChildJvm.Run run =
        new ChildJvm(folder).set("GITHUB_STEP_SUMMARY", "").lockstep((CELL + "40").split(" "));
    assertThat(run.err())
        .isEqualTo("lockstep: GITHUB_STEP_SUMMARY is not set, so there is no job summary\n");
    assertThat(run.status()).isZero();
  }

  /** Before anything runs. */
  @ParameterizedTest
  @ValueSource(strings = {"/dev/full", "/nowhere/summary.md", "/"})
  void aSummaryThatCannotBeWrittenIsRefused(String file) throws Exception {
    ChildJvm.Run run =
        new ChildJvm(folder).set("GITHUB_STEP_SUMMARY", file).lockstep((CELL + "40").split(" "));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).hasLineCount(1).contains(file);
  }
}
