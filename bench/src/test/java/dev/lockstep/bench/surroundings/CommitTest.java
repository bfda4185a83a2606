package dev.lockstep.bench.surroundings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommitTest {

  private static final String UNKNOWN = "unknown: the program is in no checkout of its sources";

  @TempDir Path top;
  private Path program = Path.of("");

  @BeforeEach
  void commit() throws Exception {
    program = Files.createDirectories(top.resolve("bench/target"));
    Files.writeString(top.resolve("bench/lockstep"), "launcher");
    Files.writeString(top.resolve(".gitignore"), "target\n");
    assumeTrue(git("init", "--quiet") == 0, "there is no git");
  }

  private int git(String... arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("git", "-C", top.toString()));
    command.addAll(List.of("-c", "user.name=t", "-c", "user.email=t@t"));
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException noGit) {
      return -1;
    }
  }

  @Test
  void aCheckoutTellsItsCommitAndWhetherFilesDiffer() throws Exception {
    git("add", "bench/lockstep");
    git("commit", "--quiet", "-m", "x");
    assertThat(Commit.text(program)).matches("[0-9a-f]{40}");

    Files.writeString(top.resolve("bench/lockstep"), "another");
    assertThat(Commit.text(program)).matches("[0-9a-f]{40}, dirty");
  }

  /** A copy of the program in somebody else's checkout says nothing of that one's commit. */
  @Test
  void aForeignCheckoutIsNotTaken() throws Exception {
    git("add", ".gitignore");
    git("commit", "--quiet", "-m", "x");
    assertThat(Commit.text(program)).isEqualTo(UNKNOWN);
    assertThat(Commit.text(Files.createDirectories(top.resolve("lockstep/lib"))))
        .isEqualTo(UNKNOWN);
  }

  @Test
  void withoutACommitThereIsNone() {
    assertThat(Commit.text(program)).isEqualTo(UNKNOWN);
  }
}
