package dev.lockstep.bench.external;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that is killed takes its programs and their files with it. */
final class KilledHostTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void leavesNothingBehind() throws Exception {
    Assumptions.assumeTrue(
        Files.isReadable(Path.of("/proc/self/environ")), "skipped: there is no /proc");
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    Path programs = folder.resolve("program.pid");
    // Deaf to everything, with a child that is too.
    String script =
        "trap '' HUP INT TERM; sleep 1000 & echo $$ > '"
            + programs
            + "'; while :; do sleep 1; done";
    Process host =
        new ChildJvm(folder)
            .with("-Djava.io.tmpdir=" + temporary)
            .start(Host.class, List.of("sh", "-c", script));
    try {
      await(() -> Files.exists(programs) && count(temporary) == 1);
      String pid = Files.readString(programs).strip();
      assertThat(ProcessHandle.of(Long.parseLong(pid))).isPresent();
      host.destroyForcibly().waitFor();
      await(() -> count(temporary) == 0);
      await(() -> ProcessHandle.of(Long.parseLong(pid)).isEmpty());
      await(() -> Marked.processesOf(host.pid()).isEmpty());
    } finally {
      host.destroyForcibly();
    }
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("end of patience").isLessThan(end);
      Thread.sleep(50);
    }
  }

  /** A host that waits for a program which never answers. */
  static final class Host {
    private Host() {}

    public static void main(String[] words) throws IOException {
      ProgramProcess process = ProgramProcess.start("deaf", _ -> List.of(words));
      process.exchange("{}", "nothing", Duration.ofHours(1));
    }
  }
}
