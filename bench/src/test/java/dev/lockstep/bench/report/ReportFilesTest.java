package dev.lockstep.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a command gets for each line of its list of formats. */
final class ReportFilesTest {

  @TempDir Path folder;

  /** Writes the report and the exit code. */
  private record Plain(String flag) implements ReportFormat<String> {
    @Override
    public String description() {
      return "Write " + flag + ".";
    }

    @Override
    public void write(String report, int exitCode, OutputStream out) throws IOException {
      out.write((report + " " + exitCode).getBytes(UTF_8));
    }
  }

  private final ReportFiles<String> files =
      new ReportFiles<>(List.of(new Plain("--first"), new Plain("--second")));
  private final CommandLine command = new CommandLine(files.flags());

  private void given(String... arguments) {
    command.parseArgs(arguments);
  }

  @Test
  void everyFormatHasItsFlagAndItsFile() throws IOException {
    assertThat(command.getUsageMessage())
        .contains("--first=FILE", "Write --first.", "--second=FILE", "Write --second.");
    given("--second", folder.resolve("b").toString());
    files.write("said", 1);
    assertThat(folder).isDirectoryContaining("glob:**/b");
    assertThat(folder.resolve("b")).hasContent("said 1");
    try (var there = Files.list(folder)) {
      assertThat(there).hasSize(1);
    }
  }

  @Test
  void oneFileIsNotForTwoFormats() {
    given("--first", "x", "--second", "x");
    assertThatThrownBy(files::requireDifferent)
        .isInstanceOf(InputException.class)
        .hasMessage("--second: file is x, which contradicts --first");
  }

  @Test
  void aFileThatCannotBeWrittenIsFoundBeforehand() {
    Path nowhere = folder.resolve("none/a");
    given("--first", nowhere.toString());
    assertThatThrownBy(() -> files.require(List.of(Hardware.REAL)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(nowhere + ": cannot be written");
  }

  @Test
  void theFirstFileTellsThatAnotherCouldNotBeWritten() {
    given("--first", folder.resolve("a").toString(), "--second", folder + "/none/b");
    assertThatThrownBy(() -> files.write("said", 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none/b: cannot be written");
    assertThat(folder.resolve("a")).hasContent("said 2");
  }
}
