package dev.lockstep.bench.files;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultsFolderTest {

  @TempDir Path project;

  @BeforeEach
  void makeProject() throws IOException {
    Files.createDirectories(project.resolve("bench"));
    Files.createFile(project.resolve("bench/lockstep"));
    Files.createDirectories(project.resolve("results/machine"));
  }

  private static ThrowingCallable guard(Hardware hardware, @Nullable Path file) {
    return () -> ResultsFolder.guard(hardware, "--json", file);
  }

  @Test
  void nothingEmulatedGetsIn() throws IOException {
    Path link = Files.createSymbolicLink(project.resolve("link"), project.resolve("results"));
    for (Path file :
        new Path[] {
          project.resolve("results/v.json"),
          project.resolve("results/machine/v.json"),
          project.resolve("results/no/such/folder/v.json"),
          project.resolve("bench/../results/v.json"),
          link.resolve("v.json")
        }) {
      assertThatThrownBy(guard(Hardware.EMULATED, file))
          .as(file.toString())
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith("--json: file is " + file)
          .hasMessageContaining("EMULATED");
      assertThatCode(guard(Hardware.REAL, file)).doesNotThrowAnyException();
    }
  }

  @Test
  void otherPlacesAreFree() throws IOException {
    Path elsewhere = Files.createDirectories(project.resolve("other/results"));
    for (Path file :
        new @Nullable Path[] {
          null, project.resolve("v.json"), project.resolve("results.json"), elsewhere.resolve("v")
        }) {
      assertThatCode(guard(Hardware.EMULATED, file)).doesNotThrowAnyException();
    }
  }
}
