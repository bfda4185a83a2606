package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.machine.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands in a process that has nothing to ask: no variables, so no HOME, PATH, LANG or TZ; a
 * home folder that is not there; no files below {@code /proc} and {@code /sys}; one processor; and
 * a locale, an encoding and a time zone that nobody expects.
 */
final class BareMachineTest {

  @TempDir Path folder;
  private ChildJvm jvm;

  @BeforeEach
  void takeAllAway() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("machine"));
    jvm =
        new ChildJvm(folder)
            .withoutVariables()
            .with(
                "-D" + Linux.ROOT_PROPERTY + "=" + empty,
                "-Duser.home=/nowhere",
                "-Duser.language=ar",
                "-Duser.country=EG",
                "-Duser.timezone=Pacific/Kiritimati",
                "-Dfile.encoding=ISO-8859-6",
                "-Djmh.ignoreLock=true",
                "-XX:ActiveProcessorCount=1");
  }

  private String printed(String... arguments) throws IOException, InterruptedException {
    ChildJvm.Run run = jvm.lockstep(arguments);
    assertThat(run.status()).as(run.out() + run.err()).isZero();
    return run.out();
  }

  @Test
  void doctorSaysWhatItCannotRead() throws Exception {
    assertThat(printed("doctor"))
        .contains("not readable", "cpuinfo", "meminfo")
        .containsPattern("cores +1\\b");
  }

  @Test
  void checkAgrees() throws Exception {
    assertThat(
            printed(
                "check",
                "--width=7",
                "--batch=33",
                "--depth=1",
                "--activation=tanh",
                "--init=equal",
                "--optimizer=sgd",
                "--loss=cross-entropy",
                "--noise=0",
                "--steps=50",
                "--backends=scalar,vector,double"))
        .contains("2 exact backends agree bit for bit");
  }

  @Tag("thorough")
  @Test
  void benchMeasuresAndSaysWhatItLeavesOut() throws Exception {
    Path run = folder.resolve("run");
    assertThat(
            printed(
                "bench",
                "--only=elementwise",
                "--activation=tanh",
                "--batch=1",
                "--width=7",
                "--backends=vector",
                "--threads=1",
                "--forks=1",
                "--warm-ups=0",
                "--iterations=1",
                "--iteration=1ms",
                "--out=" + run))
        .contains("warm", "cold operands on the CPU  UNAVAILABLE");
    assertThat(run.resolve("environment.json")).content().contains("not readable");
    assertThat(printed("report", "--text", run.toString())).contains("tanh");
  }
}
