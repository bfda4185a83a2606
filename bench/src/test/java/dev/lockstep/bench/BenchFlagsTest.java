package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code lockstep bench} and its relatives refuse before anything is measured. */
final class BenchFlagsTest {

  @TempDir Path temp;

  @Test
  void whatIsWrongIsSaidInOneSentence() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("run"));
    Files.writeString(folder.resolve("mine"), "mine");
    for (String[] wrong :
        new String[][] {
          {"bench", "--out", folder.toString()},
          {"bench", "--width", "7,"},
          {"bench", "--only", "steps"},
          {"bench", "--only", "ceiling-fma"},
          {"bench", "--forks", "8..3"},
          {"bench", "--within", "2"},
          {"bench", "--warm-ups", "-1"},
          {"bench", "--iterations", "0"},
          {"bench", "--iteration", "0s"},
          {"bench", "--backends", "vectr"},
          {"bench", "--backends", "double"},
          {"bench", "--versus", "vector,cuda"},
          {"bench", "--versus-build", folder.toString()},
          {"bench", "--list", "--out", folder.toString()},
          {"bench", "--resume", folder.toString()},
          {"report", "--text", folder.toString()},
        }) {
      assertRefused(wrong);
    }
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void wrongFlagsLeaveNoFolder() {
    Path fresh = temp.resolve("fresh");
    for (String[] wrong :
        new String[][] {
          {"--within", "2"},
          {"--forks", "8..3"},
          {"--iteration", "0s"},
          {"--budget", "soon"},
          {"--versus-build", temp.toString()},
        }) {
      assertRefused("bench", "--out", fresh.toString(), wrong[0], wrong[1]);
      assertThat(fresh).as(String.join(" ", wrong)).doesNotExist();
    }
  }

  private static void assertRefused(String... wrong) {
    try (Console console = new Console()) {
      int status = Lockstep.run(wrong);
      assertThat(status).as(String.join(" ", wrong) + console.printed()).isEqualTo(2);
      assertThat(console.complained().lines().filter(line -> line.startsWith("lockstep: ")))
          .as(console.complained())
          .hasSize(1);
    }
  }
}
