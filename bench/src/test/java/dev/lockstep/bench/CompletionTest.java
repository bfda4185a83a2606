package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bash makes of the script, asked the way bash asks when the tab key is hit. */
final class CompletionTest {

  private static final Path BASH = Path.of("/bin/bash");

  @TempDir Path folder;

  private static String script() {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, UTF_8));
    try {
      assertThat(Lockstep.run("completion")).isZero();
    } finally {
      System.setOut(out);
    }
    return printed.toString(UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lockstep che                   | check",
        "bench/lockstep study t         | textbook",
        "lockstep check --act           | --activation",
        "lockstep check --activation t  | tanh",
        "lockstep check --optimizer nes | nesterov",
        "lockstep check --init rand     | random",
        "lockstep train --init he       | he-uniform he-normal",
        "lockstep train --backend ve    | vector",
        "lockstep train --schedule c    | constant",
        "lockstep bench --only ceiling-d | ceiling-device-copy",
        "lockstep bench --form AT       | ATB",
        "lockstep ins                   | inspect",
        "lockstep inspect --ne           | --near",
        "lockstep order --fo             | --form",
        "lockstep order --form AT        | ATB",
        "lockstep tol                   | tolerance",
        "lockstep tolerance --operands e | equal",
        "lockstep tolerance --precision b | bf16",
        "lockstep compare --level me    | median mean",
      })
  void completesCommandsFlagsAndValues(String line, String expected) throws Exception {
    assumeTrue(Files.isExecutable(BASH), "there is no " + BASH);
    Path script = Files.writeString(folder.resolve("lockstep.bash"), script());
    String tab =
        "source "
            + script
            + "; COMP_WORDS=("
            + line
            + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _complete_lockstep 2>/dev/null;"
            + " echo \"${COMPREPLY[*]}\"";
    Process bash = new ProcessBuilder(BASH.toString(), "-c", tab).start();
    assertThat(new String(bash.getInputStream().readAllBytes(), UTF_8)).isEqualTo(expected + "\n");
  }

  @Test
  void theScriptIsForThisCommand() {
    assertThat(script()).contains("complete -F _complete_lockstep");
  }
}
