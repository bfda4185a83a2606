package dev.lockstep.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  @TempDir private Path folder;

  private static AtomicFile.Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void createsAndReplaces() {
    Path file = folder.resolve("result.json");
    AtomicFile.write(file, text("a longer first content"));
    AtomicFile.write(file, text("second"));
    assertThat(file).hasContent("second");
    assertThat(folder).isDirectoryContaining(file::equals).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void whatAKilledProcessLeftIsRemoved() throws IOException {
    long alive = ProcessHandle.current().pid();
    Path dead = Files.createFile(folder.resolve(".lockstep-" + alive + "-1-0.tmp"));
    Path foreign = Files.createFile(folder.resolve(".lockstep-mine.tmp"));
    Path file = folder.resolve("result.json");
    AtomicFile.write(
        file,
        out -> {
          Path[] own;
          try (var there = Files.list(folder)) {
            own = there.filter(each -> each.toString().endsWith(".tmp")).toArray(Path[]::new);
          }
          assertThat(own).hasSize(2).contains(foreign).doesNotContain(dead);
          AtomicFile.write(folder.resolve("other.json"), text("meanwhile"));
          assertThat(own).allMatch(Files::exists);
        });
    assertThat(folder).isDirectoryNotContaining("glob:**-0.tmp");
  }

  @Test
  void lookingWhetherItCanBeWrittenChangesNothing() {
    Path file = folder.resolve("result.json");
    AtomicFile.require(file);
    assertThat(folder).isEmptyDirectory();
    AtomicFile.write(file, text("old"));
    AtomicFile.require(file);
    assertThat(file).hasContent("old");
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    assertThatThrownBy(() -> AtomicFile.require(folder.resolve("none").resolve("r.json")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no such file or folder");
    assertThatThrownBy(() -> AtomicFile.require(folder)).isInstanceOf(InputException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatCanOnlyBeReadIsFoundOut() {
    assertThatThrownBy(() -> AtomicFile.require(Path.of("/proc/self/r.json")))
        .isInstanceOf(InputException.class);
    AtomicFile.require(Path.of("/dev/null"));
  }

  @Test
  void keepsTheOldContentUntilTheNewIsComplete() {
    Path file = folder.resolve("result.json");
    AtomicFile.write(file, text("old"));
    AtomicFile.write(
        file,
        out -> {
          out.write(new byte[100_000]);
          out.flush();
          assertThat(file).hasContent("old");
        });
    assertThat(file).hasSize(100_000);
  }

  @Test
  void leavesNothingBehindWhenTheContentFails() throws IOException {
    Path file = folder.resolve("result.json");
    AtomicFile.write(file, text("old"));
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("lost\nthe plot");
                    }))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": cannot be written, lost\\nthe plot");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    _ -> {
                      throw new IllegalStateException("a fault of the program");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("old");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void namesAMissingFolder() {
    Path file = folder.resolve("missing").resolve("result.json");
    assertThatThrownBy(() -> AtomicFile.write(file, text("x")))
        .isInstanceOf(InputException.class)
        .hasMessage(file + ": cannot be written, no such file or folder");
  }

  @Test
  void refusesAFolder() {
    assertThatThrownBy(() -> AtomicFile.write(folder, text("x")))
        .isInstanceOf(InputException.class)
        .hasMessage(folder + ": cannot be written, it is a folder");
    assertThatThrownBy(() -> AtomicFile.write(Path.of("/"), text("x")))
        .isInstanceOf(InputException.class)
        .hasMessage("/: cannot be written, it is a folder");
  }

  @Test
  void refusesAFileInPlaceOfAFolder() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path below = file.resolve("result.json");
    assertThatThrownBy(() -> AtomicFile.write(below, text("x")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(below + ": cannot be written, ");
  }

  @Test
  void writesToARelativeName() throws IOException {
    Path relative = Path.of("").toAbsolutePath().relativize(folder.toRealPath()).resolve("r.json");
    AtomicFile.write(relative, text("x"));
    assertThat(folder.resolve("r.json")).hasContent("x");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void givesTheModeOfAnOrdinaryFile() throws IOException {
    Path file = folder.resolve("result.json");
    AtomicFile.write(file, text("x"));
    Path ordinary = Files.createFile(folder.resolve("ordinary"));
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(Files.getPosixFilePermissions(ordinary));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void keepsALinkAndReplacesWhatItPointsTo() throws IOException {
    Path target = folder.resolve("target");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("target"));
    AtomicFile.write(link, text("new"));
    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("new");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void refusesALoopOfLinks() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("link"));
    assertThatThrownBy(() -> AtomicFile.write(link, text("x")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(link + ": cannot be written, ");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void reportsAFullDevice() {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    assertThatThrownBy(() -> AtomicFile.write(full, text("x")))
        .isInstanceOf(InputException.class)
        .hasMessageMatching("/dev/full: cannot be written, .+");
    assertThat(Files.isRegularFile(full)).isFalse();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void writesDirectlyToAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    Path copy = folder.resolve("copy");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Process reader =
        new ProcessBuilder("cat", pipe.toString()).redirectOutput(copy.toFile()).start();
    AtomicFile.write(pipe, text("through the pipe"));
    assertThat(reader.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(copy).hasContent("through the pipe");
  }

  /** A redirected stream is a link to a regular file, which must be appended to, not renamed. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void appendsToARedirectedStream() throws Exception {
    Path output = Files.writeString(folder.resolve("output"), "before ");
    Path link = Files.createSymbolicLink(folder.resolve("stdout"), Path.of("/proc/self/fd/1"));
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WriteOne.class.getName(),
                link.toString())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).hasContent("before written");
    assertThat(link).isSymbolicLink();
  }

  /** Started as a process of its own, whose standard output the test can redirect. */
  static final class WriteOne {
    private WriteOne() {}

    public static void main(String[] arguments) {
      AtomicFile.write(Path.of(arguments[0]), text("written"));
    }
  }
}
