package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code --quiet} of every command. */
final class QuietTest {

  @RegisterExtension final Console console = new Console();

  @TempDir Path folder;

  private int run(String line) {
    return Lockstep.run(line.strip().replace("DIR", folder.toString()).split(" +"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --steps 40 --hidden 7 --save DIR/net.npz                        | ''",
        "study textbook --data digits --steps 20 --width 7 --backends scalar   | \\d of 7 claims"
            + " hold.*",
        "map --width 7 --batch 33 --backends vector --threads 1 --steps 50 --out DIR/map | vector.*"
            + " held at 1, .*",
        "check --width 7 --batch 33 --depth 1 --activation tanh --init equal --steps 50 --backends"
            + " scalar,vector --json DIR/c.json | Verdict: AGREES.*",
        "check --list --width 7 --batch 33 --depth 1 --activation tanh --init equal --optimizer sgd"
            + " --loss cross-entropy --noise 0 | w7-b33-d1-tanh-equal",
        "order --backends vector --shape 3x5x7 --form AB --threads 1 | Verdict: AGREES.*(?s).*",
        "train --print-scenario                                                | (?s)\\{.*\\}",
      })
  void onlyVerdictsAndWhatIsAskedForAreLeft(String line, String printed) {
    run(line.strip() + " --quiet");
    assertThat(console.printed().strip().replaceAll("\\R(?!\\s)(?=.* hold)", "\n"))
        .matches(printed.strip());
    assertThat(console.complained()).isEmpty();
  }

  @Test
  void filesAreWrittenAndErrorsAreShown() {
    assertThat(run("train --steps 40 --hidden 7 --save DIR/net.npz --quiet")).isZero();
    assertThat(folder.resolve("net.npz")).isNotEmptyFile();
    assertThat(run("inspect DIR/net.npz --quiet")).isZero();
    assertThat(console.printed()).startsWith("Verdict: ");
    assertThat(run("train --quiet --init npz:DIR/none.npz")).isEqualTo(2);
    assertThat(console.complained()).startsWith("lockstep: ").hasLineCount(1);
  }

  /** Faults explain the verdict, so they stay. */
  @Test
  void whatCouldNotBeDecidedIsShown() {
    assertThat(
            run(
                "check --width 7 --batch 33 --depth 1 --activation tanh --init equal --steps 1"
                    + " --backends scalar,vector --quiet"))
        .isEqualTo(1);
    assertThat(console.printed())
        .contains("faults:", "repeat with:", "Verdict: INCONCLUSIVE")
        .doesNotContain("HELD");
  }

  @Test
  void whatIsChosenHoldsForOneCommand() {
    run("train --steps 40 --hidden 7 --quiet");
    run("train --steps 40 --hidden 7");
    assertThat(console.printed()).contains("accuracy");
  }

  /** Every command, and in front of it too. */
  @Test
  void everyCommandTakesTheFlags() {
    CommandLine line = Lockstep.commandLine();
    assertThat(Stream.concat(Stream.of(line), line.getSubcommands().values().stream()))
        .allSatisfy(
            command ->
                assertThat(command.getCommandSpec().optionsMap())
                    .containsKeys("--quiet", "--no-color"));
    assertThat(run("--quiet doctor")).isZero();
    assertThat(console.printed()).startsWith("  backend").doesNotContain("memory");
  }

  @Test
  void noFolderIsLeftBehind() throws Exception {
    run("map --width 7 --batch 33 --backends vector --threads 1 --steps 50 --out DIR/map --quiet");
    assertThat(Files.isRegularFile(folder.resolve("map/map.csv"))).isTrue();
  }
}
