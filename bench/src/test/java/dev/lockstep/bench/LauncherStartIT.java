package dev.lockstep.bench;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.LauncherFixture.Run;
import dev.lockstep.model.AccentedName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Surroundings in which a JVM does not start, or would be killed: one sentence, exit code 2. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LauncherStartIT {

  private static final String PROGRAM =
      """
      package dev.lockstep.bench;

      import dev.lockstep.bench.terminal.StandardError;

      public final class Lockstep {
        public static void main(String[] arguments) throws Exception {
          StandardError.restore();
          System.out.println("started " + (Runtime.getRuntime().maxMemory() >> 20));
        }
      }
      """;

  @TempDir Path temp;

  private static void assertRefused(Run run, String... parts) {
    assertThat(run.err()).startsWith("lockstep: ").hasLineCount(1).contains(parts);
    assertThat(run.out()).isEmpty();
    assertThat(run.status()).isEqualTo(2);
  }

  private static LauncherFixture machineIn(Path folder) throws Exception {
    return new LauncherFixture(folder)
        .withProgram(PROGRAM)
        .set("LOCKSTEP_JAVA_HOME", System.getProperty("java.home"));
  }

  /** Runs the launcher behind {@code commands} of a shell. */
  private static Run behind(String commands, LauncherFixture machine) throws Exception {
    Path shell = machine.file("shell");
    LauncherFixture.script(shell, commands + "\nexec '" + machine.launcher() + "' \"$@\"");
    return machine.run(shell, "check");
  }

  /** The program runs in a real JVM. */
  @Nested
  class OfTheJvm {

    LauncherFixture machine;

    @BeforeEach
    void install() throws Exception {
      machine = machineIn(temp.resolve("a machine"));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "LOCKSTEP_JAVA_OPTS"})
    void namesTheVariableAndItsValue(String variable) throws Exception {
      assertRefused(
          machine.set(variable, "-XX:+NoSuchOption").run("check"),
          "Unrecognized VM option 'NoSuchOption'",
          variable + " is \"-XX:+NoSuchOption\"");
      assertRefused(machine.set(variable, "gar\033bage").run("check"), variable, "gar?bage");
    }

    @Test
    void namesTheLimitOfAddresses() throws Exception {
      assertRefused(behind("ulimit -v 2000000", machine), "1953 MiB (ulimit -v)");
    }

    @Test
    void fitsTheHeapToTheLimitOfAddresses() throws Exception {
      Run run = behind("ulimit -v 3400000", machine);

      assertThat(run.err()).isEmpty();
      assertThat(run.out()).startsWith("started 2");
    }

    @Test
    void namesTheLimitOfFiles() throws Exception {
      assertRefused(behind("ulimit -n 20", machine), "needs 128 open files", "20 (ulimit -n)");
    }

    @Test
    void refusesAFolderThatIsGone() throws Exception {
      Run run = behind("mkdir gone; cd gone; rm -r ../gone", machine);

      assertThat(run.err())
          .endsWith("lockstep: the current folder is no longer there; change into another one\n");
      assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void refusesAFolderWithAColon() throws Exception {
      Path project = Files.move(machine.file(""), temp.resolve("a:b"));

      assertRefused(machine.run(project.resolve("bench/lockstep"), "check"), "a:b", "colon");
    }

    @Test
    void refusesAFolderThatTheLocaleCannotName() throws Exception {
      assumeTrue(AccentedName.isPossible(), "this locale has ASCII alone");
      LauncherFixture foreign = machineIn(temp.resolve("\u00e4"));
      assertRefused(foreign.set("LC_ALL", "C").run("check"), "\u00e4", "(C)", "LC_ALL=C.UTF-8");

      assertThat(foreign.set("LC_ALL", "C.UTF-8").run("check").out()).startsWith("started");
    }

    @Test
    void runsWithoutAHome() throws Exception {
      assertThat(machine.unset("HOME").run("check").out()).startsWith("started");
    }

    @Test
    void namesWhatADamagedCopyLacks() throws Exception {
      damage();

      assertRefused(machine.run("check"), "main class dev.lockstep.bench.Lockstep");
    }

    @Test
    void namesAClassThatIsMissing() throws Exception {
      Path jar = machine.file("bench/target/lockstep-bench.jar");
      Files.copy(Path.of("target/lockstep-bench.jar"), jar, REPLACE_EXISTING);
      Files.delete(machine.file("bench/target/lib/rest.jar"));

      assertRefused(machine.run("check"), "class dev/lockstep/file/TemporaryFolder is missing");
    }

    @Test
    void buildsAnewWhatIsDamaged() throws Exception {
      Path target = machine.file("bench/target");
      Path sound = damage();
      machine
          .withSources()
          .withMaven(
              String.format(
                  Locale.ROOT,
                  "mkdir -p bench/target/lib; /bin/cp '%1$s'/* '%2$s'; /bin/mv '%2$s'/rest.jar"
                      + " '%2$s/lib'",
                  sound,
                  target));

      Run run = machine.run("check");

      assertThat(run.err()).contains("the last build is damaged");
      assertThat(run.out()).startsWith("started");
      assertThat(machine.run("check").err()).isEmpty();
    }

    /** Cuts both jars off and returns a folder with sound copies. */
    private Path damage() throws Exception {
      Path sound = Files.createDirectories(temp.resolve("sound"));
      for (String name : new String[] {"lockstep-bench.jar", "lib/rest.jar"}) {
        Path jar = machine.file("bench/target").resolve(name);
        Files.move(jar, sound.resolve(jar.getFileName()));
        Files.writeString(jar, "PK");
      }
      return sound;
    }
  }

  /** Control groups that are made up; the JVM only says how it was called. */
  @Nested
  class OfAControlGroup {

    LauncherFixture machine;

    @BeforeEach
    void install() throws Exception {
      machine = new LauncherFixture(temp.resolve("a machine")).withBuiltSources();
      machine.addJdk("jdk", "25", "echo \"$*\"");
      machine.withSystemFile("proc/meminfo", "MemTotal:       16000000 kB\nMemFree: 1 kB\n");
    }

    private void limit(String file, long mebibytes) throws Exception {
      machine.withSystemFile("sys/fs/cgroup/" + file, (mebibytes << 20) + "\n");
    }

    @ParameterizedTest
    @CsvSource({
      "0::/a/b, a/b/memory.max",
      "0::/a/b, a/memory.max",
      "0::/a/b, memory.max",
      "0::/, memory.max",
      "0::/../../outside, memory.max",
      "0::/a, unified/a/memory.max",
      "5:memory:/a/b, memory/a/b/memory.limit_in_bytes",
      "5:memory:/a/b, memory/a/memory.limit_in_bytes",
      "'5:cpu,memory:/docker/id', memory/memory.limit_in_bytes",
    })
    void fitsTheHeapToTheGroupAndThoseAboveIt(String group, String file) throws Exception {
      machine.withSystemFile("proc/self/cgroup", "1:cpu:/\n" + group + "\n");
      limit(file, 500);

      assertThat(machine.run("check").out()).contains(" -Xmx308m ");
      assertThat(machine.run("train").out()).contains(" -Xmx308m ");
    }

    @Test
    void takesTheLeastOfSeveral() throws Exception {
      machine.withSystemFile("proc/self/cgroup", "0::/a/b");
      limit("a/b/memory.max", 700);
      limit("a/memory.max", 400);
      limit("memory.max", 600);

      assertThat(machine.run("check").out()).contains(" -Xmx208m ");
    }

    @Test
    void leavesTheHeapAloneWhereThereIsEnough() throws Exception {
      machine.withSystemFile("proc/self/cgroup", "0::/a\n4:memory:/\n");
      machine.withSystemFile("sys/fs/cgroup/a/memory.max", "max\n");
      machine.withSystemFile("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
      assertThat(machine.run("check").out()).contains(" -Xmx832m ");
      assertThat(machine.run("train").out()).contains(" -XX:MaxRAMPercentage=75 ");

      limit("a/memory.max", 1024);
      assertThat(machine.run("check").out()).contains(" -Xmx832m ");
    }

    @Test
    void refusesWhatIsTooLittle() throws Exception {
      machine.withSystemFile("proc/self/cgroup", "0::/a");
      limit("a/memory.max", 200);

      assertRefused(
          machine.run("check"), "224 MiB of memory", "200 MiB (/sys/fs/cgroup/a/memory.max)");
    }

    @Test
    void believesNoRubbish() throws Exception {
      machine.withSystemFile("proc/self/cgroup", "0::/a");
      machine.withSystemFile("sys/fs/cgroup/a/memory.max", "a[$(echo x >&2)]\n");

      Run run = machine.run("check");
      assertThat(run.err()).isEmpty();
      assertThat(run.out()).contains(" -Xmx832m ");
    }

    @Test
    void leavesNoCollectorToTheForksOfBench() throws Exception {
      machine.addJdk("jdk", "25", "echo \"[$JAVA_TOOL_OPTIONS] $*\"");
      machine.set("JAVA_TOOL_OPTIONS", "-Da=b -XX:+UseSerialGC -Dc=d");

      assertThat(machine.run("check").out()).contains("[-Da=b -XX:+UseSerialGC -Dc=d]");
      Run run = machine.run("bench");
      assertThat(run.out()).startsWith("[-Da=b  -Dc=d] ").contains(" -XX:+UseParallelGC ");
      assertThat(run.err()).contains("-XX:+UseSerialGC in JAVA_TOOL_OPTIONS").hasLineCount(1);
    }

    @Test
    void startsAJvmThatWaitsForADebuggerOnce() throws Exception {
      Path calls = temp.resolve("calls");
      machine.addJdk("jdk", "25", "echo \"$*\" >>'" + calls + "'");
      machine.set("LOCKSTEP_JAVA_OPTS", "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y");

      machine.run("check");
      assertThat(Files.readAllLines(calls)).hasSize(1);
    }

    @Test
    void rehearsesOnceForABuildAndAJdk() throws Exception {
      Path calls = temp.resolve("calls");
      machine.addJdk("jdk", "25", "echo \"$*\" >>'" + calls + "'");

      machine.run("check");
      assertThat(Files.readAllLines(calls)).hasSize(2).first().asString().contains(" --dry-run ");
      machine.run("check");
      assertThat(Files.readAllLines(calls)).hasSize(3);
      machine.addJdk("newer", "26", "echo \"$*\" >>'" + calls + "'");
      machine.run("check");
      assertThat(Files.readAllLines(calls)).hasSize(5);
    }
  }
}
