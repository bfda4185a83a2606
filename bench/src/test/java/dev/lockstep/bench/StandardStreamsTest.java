package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The program as a shell runs it: pipes, full disks, closed streams, locales. */
final class StandardStreamsTest {

  private static final String CELL =
      "check --width 7 --batch 33 --depth 1 --activation tanh --init equal --optimizer sgd"
          + " --loss cross-entropy --noise 0 --steps 50 --backends scalar,double";

  @TempDir Path folder;

  private record Run(int status, String out, String err) {}

  @BeforeEach
  void requireBash() {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no /bin/bash");
  }

  /** Runs a line of bash in which {@code lockstep} is the program, under a JVM with options. */
  private Run bash(List<String> options, String line) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "-Xmx768m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Lockstep.class.getName()));
    Path arguments = Files.write(folder.resolve("arguments"), command);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process bash =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "d='"
                    + folder
                    + "'; mapfile -t java < '"
                    + arguments
                    + "'; lockstep() { \"${java[@]}\" \"$@\"; }; "
                    + line)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int status = bash.waitFor();
    return new Run(
        status,
        Files.readString(out),
        Files.readString(err).replaceAll("(?m)^WARNING: Using incubator modules.*\\R", ""));
  }

  /** Where the launcher keeps standard error for the program, a class of another jar is used. */
  @ParameterizedTest
  @ValueSource(strings = {"-Dlockstep.nothing=", "-Dlockstep.stderr=3@$BASHPID"})
  void anIncompleteCopySaysSo(String option) throws Exception {
    String own = Path.of("target", "classes").toAbsolutePath().toString();
    Run run =
        bash(
            List.of(),
            "(exec \"${java[0]}\" --enable-native-access=ALL-UNNAMED "
                + option
                + " -cp '"
                + own
                + "' dev.lockstep.bench.Lockstep help 3>&2)");
    assertThat(run.err()).startsWith("lockstep: class ").contains("copy is damaged");
    assertThat(run.err()).hasLineCount(1);
    assertThat(run.status()).isEqualTo(2);
  }

  private int exitCodeInJson() throws Exception {
    return JsonMapper.shared()
        .readTree(Files.readString(folder.resolve("v.json")))
        .get("exit-code")
        .intValue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ">/dev/null          | 0 | ''",
        ">/dev/full          | 2 | lockstep: standard output: cannot be written, ",
        "</dev/null 1<&0     | 2 | lockstep: standard output: cannot be written, it is closed",
        ">&-                 | 2 | lockstep: standard output: cannot be written, it is closed",
      })
  void theJsonOfACheckIsWrittenWithTheExitCode(String redirection, int code, String complaint)
      throws Exception {
    Run run = bash(List.of(), "lockstep " + CELL + " --json $d/v.json " + redirection);

    assertThat(run.status()).isEqualTo(code);
    assertThat(exitCodeInJson()).isEqualTo(code);
    assertThat(run.err()).startsWith(complaint).hasLineCount(complaint.isEmpty() ? 0 : 1);
  }

  @Test
  void aReaderThatHasGoneIsNoFault() throws Exception {
    Run run =
        bash(
            List.of(), "lockstep " + CELL + " --json $d/v.json | exec 0<&-; echo ${PIPESTATUS[0]}");

    assertThat(run.out()).isEqualTo("141\n");
    assertThat(run.err()).isEmpty();
    assertThat(exitCodeInJson()).isEqualTo(141);
  }

  @Tag("thorough")
  @ParameterizedTest
  @ValueSource(
      strings = {"check --list", "--help", "completion", "doctor", "train --steps 100000000"})
  void everyCommandEndsQuietlyWhenNobodyReadsOn(String arguments) throws Exception {
    Run run = bash(List.of(), "lockstep " + arguments + " | head -n 1");

    assertThat(run.out()).hasLineCount(1);
    assertThat(run.err()).isEmpty();
  }

  /** What cannot be written beside it is in the JSON, too. */
  @Test
  void aReportThatCannotBeWrittenCountsForTheJson() throws Exception {
    Run run = bash(List.of(), "lockstep " + CELL + " --json $d/v.json --junit /dev/full");

    assertThat(run.status()).isEqualTo(2);
    assertThat(exitCodeInJson()).isEqualTo(2);
    assertThat(run.err()).startsWith("lockstep: /dev/full: cannot be written, ").hasLineCount(1);
  }

  /** Numbers, which other locales write with other digits and signs. */
  @Tag("thorough")
  @ParameterizedTest
  @CsvSource({"ar, EG", "fa, IR", "de, DE", "tr, TR"})
  void theLocaleOfTheMachineDoesNotMatter(String language, String country) throws Exception {
    List<String> options = List.of("-Duser.language=" + language, "-Duser.country=" + country);
    Run check = bash(options, "lockstep " + CELL);
    assertThat(check.status()).as(check.err()).isZero();
    assertThat(check.out()).matches("\\p{ASCII}*").containsPattern("accuracy\\s+\\d+\\.\\d%");
  }
}
