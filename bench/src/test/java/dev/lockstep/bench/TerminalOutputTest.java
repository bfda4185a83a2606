package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Reader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program in a terminal, which {@code script} of Linux provides. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class TerminalOutputTest {

  private static final String CELL =
      "check --width 7 --batch 33 --depth 1 --activation tanh --init equal --optimizer sgd"
          + " --loss cross-entropy --noise 0 --steps 50 --backends scalar,double";

  private static final String ESCAPE = "\u001b[";

  private static final Path SCRIPT = Path.of("/usr/bin/script");

  @TempDir Path folder;

  @BeforeEach
  void requireTerminal() {
    assumeTrue(
        Files.isExecutable(SCRIPT) && System.getProperty("os.name").equals("Linux"),
        "there is no " + SCRIPT + " of Linux");
  }

  /** What a terminal gets from a line of the shell in which {@code lockstep} is the program. */
  private String shown(Map<String, String> variables, String line) throws Exception {
    Process process = start(variables, line, Redirect.from(Path.of("/dev/null").toFile()));
    String shown = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return shown.replaceAll("WARNING: Using incubator modules.*\\R", "");
  }

  private Process start(Map<String, String> variables, String line, Redirect input)
      throws IOException {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx768m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Lockstep.class.getName());
    Path arguments = Files.write(folder.resolve("arguments"), java);
    Path commands =
        Files.writeString(
            folder.resolve("commands"),
            "cd '"
                + folder
                + "'; mapfile -t java < '"
                + arguments
                + "'; lockstep() { \"${java[@]}\" \"$@\"; }; "
                + line);
    List<String> command =
        new ArrayList<>(
            // A build in the background ignores Ctrl-C, and so would all that it starts.
            List.of(
                "/usr/bin/env",
                "--default-signal=INT",
                SCRIPT.toString(),
                "-qec",
                "/bin/bash '" + commands + "'",
                "/dev/null"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("NO_COLOR");
    builder.environment().put("TERM", "xterm-256color");
    builder.environment().put("SHELL", "/bin/bash");
    builder.environment().putAll(variables);
    return builder.redirectInput(input).start();
  }

  /** That standard input is no terminal says nothing about the output. */
  @Test
  void verdictsAndHelpAreColoured() throws Exception {
    String shown = shown(Map.of(), "lockstep " + CELL + " < /dev/null; lockstep check --help");
    assertThat(shown).contains("\u001b[32mAGREES\u001b[m", "\u001b[32mHELD\u001b[m");
    assertThat(shown).contains(ESCAPE + "33m--init");
  }

  @Tag("thorough")
  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "NO_COLOR @ 1    @ lockstep CELL; lockstep check --help",
        "TERM     @ dumb @ lockstep CELL; lockstep check --help",
        "NONE     @ 1    @ lockstep CELL --no-color; lockstep --no-color check --help",
        "NONE     @ 1    @ lockstep CELL | cat; lockstep check --help --no-color",
        "NONE     @ 1    @ lockstep CELL > file; cat file",
      })
  void coloursAreDeclined(String variable, String value, String line) throws Exception {
    String shown = shown(Map.of(variable, value), line.replace("CELL", CELL));
    assertThat(shown).contains("AGREES").doesNotContain(ESCAPE);
  }

  @Test
  void quietShowsTheVerdictAlone() throws Exception {
    String exact = CELL.replace("double", "vector");
    assertThat(shown(Map.of(), "lockstep --quiet " + exact + " --no-color").lines())
        .containsExactly(
            "Verdict: AGREES. 2 exact backends agree bit for bit (1 scenario, 50 steps).");
  }

  /** A training without end is interrupted once its progress is shown. */
  @Test
  void progressGoesToTheTerminalAndNotIntoThePipe() throws Exception {
    Process process =
        start(Map.of(), "lockstep train --steps 1000000000 | tee file", Redirect.PIPE);
    String shown = interruptedAt(process, " left");
    assertThat(shown).matches("(?s).*\rtrain   0% \\[ {20}\\] about \\d+ min \\d+ s left.*");
    assertThat(Files.readString(folder.resolve("file"))).contains("epoch").doesNotContain(" left");
  }

  /** What is shown if the user presses Ctrl-C at some text. */
  private static String interruptedAt(Process process, String text) throws IOException {
    StringBuilder shown = new StringBuilder();
    boolean interrupted = false;
    Reader reader = process.inputReader(UTF_8);
    for (int next = reader.read(); next >= 0; next = reader.read()) {
      shown.append((char) next);
      if (!interrupted && shown.indexOf(text, shown.length() - text.length()) >= 0) {
        process.getOutputStream().write(3);
        process.getOutputStream().flush();
        interrupted = true;
      }
    }
    return shown.toString();
  }

  private static final String HIDDEN = ESCAPE + "?25l";
  private static final String VISIBLE = ESCAPE + "?25h";
  private static final String SHOW = "lockstep train --hidden 16 --init normal:0.05 --show";

  @Test
  void unitsAreDrawnInPlaceBesideEqualOnes() throws Exception {
    String shown = shown(Map.of("COLUMNS", "200"), "stty rows 24 cols 80; " + SHOW + " --steps 8");
    assertThat(shown)
        .contains(HIDDEN, "copies:normal:0.05", "1 of 16 unit classes", "16 of 16 unit classes")
        .contains("step 0 of 8", "step 8 of 8", "\u2580")
        .endsWith(VISIBLE);
    int lines = 21;
    assertThat(shown.split("\u001b\\[" + lines + "A\r\u001b\\[J", -1)).as("pictures").hasSize(10);
  }

  @Test
  void withoutColoursUnitsAreCharacters() throws Exception {
    String shown = shown(Map.of("NO_COLOR", "1"), SHOW + " --steps 2");
    assertThat(shown).contains("blank < 0 < @").doesNotContain("\u2580", "38;5");
  }

  /** Ctrl-C, of which the terminal makes a signal. */
  @Test
  void theCursorReturnsWhenTheUserInterrupts() throws Exception {
    Process process = start(Map.of(), SHOW + " --steps 1000000", Redirect.PIPE);
    String shown = interruptedAt(process, "step 0 of");
    assertThat(shown).contains(HIDDEN, VISIBLE);
    assertThat(shown.lastIndexOf(VISIBLE)).isGreaterThan(shown.lastIndexOf("\u2580"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "NONE @ 1    @ SHOW --steps 2 > file; cat file    @ standard output is no terminal",
        "TERM @ dumb @ SHOW --steps 2                     @ TERM says that this terminal cannot",
      })
  void whyNothingIsDrawnIsSaid(String variable, String value, String line, String why)
      throws Exception {
    String shown = shown(Map.of(variable, value), line.replace("SHOW", SHOW));
    assertThat(shown).contains(why).doesNotContain(HIDDEN);
  }
}
