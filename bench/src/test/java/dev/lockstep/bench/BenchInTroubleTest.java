package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs of {@code bench} that are killed, ended and stopped, and what they leave. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("thorough")
final class BenchInTroubleTest {

  private static final List<String> CASE =
      List.of(
          "bench",
          "--only",
          "product",
          "--shape",
          "33x33x33",
          "--form",
          "AB",
          "--threads",
          "1",
          "--backends",
          "vector",
          "--warm-ups",
          "0", // so that a fork counts from its first iteration
          "--iteration",
          "300ms",
          "--forks",
          "1");

  @TempDir Path temp;
  private Path run = Path.of("");
  private Path temporary = Path.of("");

  @BeforeEach
  void makeFolders() throws IOException {
    run = temp.resolve("run");
    temporary = Files.createDirectory(temp.resolve("temporary"));
  }

  private Process start(int iterations, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(CASE);
    arguments.addAll(List.of("--iterations", String.valueOf(iterations)));
    arguments.addAll(List.of(more));
    return jvm().start(Lockstep.class, arguments);
  }

  private ChildJvm jvm() {
    return new ChildJvm(temp).with("-Djava.io.tmpdir=" + temporary);
  }

  private static void signal(String name, long process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process)).start().waitFor())
        .isZero();
  }

  /** Waits until a process has a fork. */
  private static ProcessHandle fork(Process bench) throws InterruptedException {
    Optional<ProcessHandle> fork = Optional.empty();
    while (fork.isEmpty() && bench.isAlive()) {
      Thread.sleep(10);
      fork = bench.descendants().filter(BenchInTroubleTest::isFork).findFirst();
    }
    return fork.orElseThrow(() -> new AssertionError("it ended without a fork"));
  }

  /** Waits until a process has a fork that measures, and so watches over itself and its parent. */
  private static ProcessHandle measuringFork(Process bench)
      throws IOException, InterruptedException {
    ProcessHandle fork = fork(bench);
    while (fork.isAlive() && !hasThread(fork, "heartbeat")) {
      Thread.sleep(10);
    }
    assertThat(fork.isAlive()).as("the fork measures").isTrue();
    return fork;
  }

  private static boolean hasThread(ProcessHandle process, String name) throws IOException {
    Path threads = Path.of("/proc", String.valueOf(process.pid()), "task");
    try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
      for (Path thread : all) {
        if (Files.readString(thread.resolve("comm")).strip().equals(name)) {
          return true;
        }
      }
      return false;
    } catch (NoSuchFileException endedMeanwhile) {
      return false;
    }
  }

  /** Others ask the driver, and the JVM for its version. The end of a long command is not told. */
  private static boolean isFork(ProcessHandle process) {
    return process
        .info()
        .commandLine()
        .filter(line -> line.contains("-Dlockstep.verification="))
        .isPresent();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  /** A folder that all may write to can hold a link of JMH's fixed name. */
  @Test
  void nothingOfAnotherUserIsOpened() throws Exception {
    Path mine = Files.writeString(temp.resolve("mine"), "private");
    Files.setPosixFilePermissions(mine, PosixFilePermissions.fromString("rw-------"));
    Files.createSymbolicLink(temporary.resolve("jmh.lock"), mine);
    assertThat(start(1, "--out", run.toString()).waitFor()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(mine)))
        .isEqualTo("rw-------");
    assertThat(names(temporary)).containsExactly("jmh.lock");
  }

  /** The fork ends too, and the next run removes what the first has left. */
  @Test
  void aKillLeavesNothingThatTheNextStartDoesNotRemove() throws Exception {
    Process bench = start(100, "--out", run.toString());
    ProcessHandle fork = measuringFork(bench);
    signal("KILL", bench.pid());
    fork.onExit().get(30, TimeUnit.SECONDS);
    assertThat(names(temporary)).anyMatch(name -> name.startsWith("lockstep-"));
    assertThat(names(run)).contains(".lock");

    assertThat(
            jvm()
                .start(
                    Lockstep.class, List.of("bench", "--resume", run.toString(), "--budget", "1ms"))
                .waitFor())
        .isZero();
    assertThat(names(temporary)).noneMatch(name -> name.startsWith("lockstep-"));
    assertThat(names(run)).doesNotContain(".lock", "journal.jsonl");
  }

  @Test
  void anEndInOrderLeavesNothing() throws Exception {
    Process bench = start(100, "--out", run.toString());
    ProcessHandle fork = fork(bench);
    // Not INT, which a shell that starts a build in the background has it ignore.
    signal("TERM", bench.pid());
    assertThat(bench.waitFor()).isEqualTo(143);
    fork.onExit().get(30, TimeUnit.SECONDS);
    assertThat(names(temporary)).noneMatch(name -> name.startsWith("lockstep-"));
    assertThat(run).doesNotExist();
  }

  /** What a fork measured that stood still does not count. */
  @Test
  void aForkThatStoodStillIsSetAside() throws Exception {
    Process bench = start(10, "--out", run.toString());
    ProcessHandle fork = measuringFork(bench);
    signal("STOP", fork.pid());
    Thread.sleep(2000);
    signal("CONT", fork.pid());
    assertThat(bench.waitFor()).isZero();
    assertThat(Files.readString(temp.resolve("err")))
        .containsPattern("sets aside a fork of .*, in which the JVM stood still for \\d\\.\\d s");
    assertThat(Files.readString(run.resolve("manifest.json"))).contains("\"set-aside\" : 1");
  }

  @Test
  void aTemporaryFolderThatVanishesIsNamed() throws Exception {
    Process bench = start(1, "--out", run.toString());
    fork(bench);
    for (String name : names(temporary)) {
      if (name.startsWith("lockstep-")) {
        Path folder = temporary.resolve(name);
        for (String file : names(folder)) {
          Files.delete(folder.resolve(file));
        }
        Files.delete(folder);
      }
    }
    assertThat(bench.waitFor()).isIn(1, 2);
    assertThat(Files.readString(temp.resolve("err")) + Files.readString(temp.resolve("out")))
        .contains("lockstep-")
        .doesNotContain("\tat ");
  }
}
