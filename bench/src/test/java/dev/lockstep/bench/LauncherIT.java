package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.LauncherFixture.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher script, as a user calls it. Every copy lies in a path with blanks. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LauncherIT {

  @TempDir Path temp;
  LauncherFixture machine;

  @BeforeEach
  void copyLauncher() throws Exception {
    machine = new LauncherFixture(temp.resolve("a machine"));
  }

  /** The program runs in a real JVM. */
  @Nested
  class Running {

    private static final String PROGRAM =
        """
        package dev.lockstep.bench;

        import dev.lockstep.bench.terminal.StandardError;

        public final class Lockstep {
          public static void main(String[] arguments) throws Exception {
            StandardError.restore();
            switch (arguments[0]) {
              case "show" -> {
                for (String argument : arguments) {
                  System.out.println("[" + argument + "]");
                }
                System.err.println("on standard error");
              }
              case "alternate" -> {
                for (int i = 0; i < 100; i++) {
                  System.out.println("out " + i);
                  System.err.println("err " + i);
                }
              }
              case "wait" -> {
                Runtime.getRuntime().addShutdownHook(
                    new Thread(() -> System.out.println("shut down")));
                System.out.println("ready");
                Thread.sleep(100_000);
              }
              default -> System.exit(Integer.parseInt(arguments[0]));
            }
          }
        }
        """;

    @BeforeEach
    void install() throws Exception {
      machine.withProgram(PROGRAM).set("LOCKSTEP_JAVA_HOME", System.getProperty("java.home"));
    }

    @Test
    void passesArgumentsUntouched() throws Exception {
      Run run = machine.run("show", "a b", "", "*", "$HOME", "-Xmx1g");

      assertThat(run.out()).isEqualTo("[show]\n[a b]\n[]\n[*]\n[$HOME]\n[-Xmx1g]\n");
      assertThat(run.status()).isZero();
    }

    @Test
    void passesTheExitStatus() throws Exception {
      assertThat(machine.run("7").status()).isEqualTo(7);
    }

    @Test
    void runsThroughLinks() throws Exception {
      Path near = Files.createDirectories(temp.resolve("links"));
      Path far = Files.createSymbolicLink(near.resolve("absolute"), machine.launcher());
      Path link = Files.createSymbolicLink(near.resolve("lockstep"), far.getFileName());

      assertThat(machine.run(link, "show").out()).isEqualTo("[show]\n");
    }

    @Test
    void leavesOnlyTheProgramsLinesOnStandardError() throws Exception {
      machine.set("JAVA_TOOL_OPTIONS", "-Da=b").set("JDK_JAVA_OPTIONS", "-Dc=d");

      assertThat(machine.run("show").err()).isEqualTo("on standard error\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOCKSTEP_JAVA_OPTS", "JAVA_TOOL_OPTIONS"})
    void leavesTheCollectorToTheUser(String variable) throws Exception {
      assertThat(machine.set(variable, "-Da=b -XX:+UseSerialGC").run("0").status()).isZero();
    }

    @Test
    void keepsTheOrderOfBothStreamsInOneFile() throws Exception {
      Path file = temp.resolve("both");
      machine
          .prepare(machine.launcher(), "alternate")
          .redirectErrorStream(true)
          .redirectOutput(file.toFile())
          .start()
          .waitFor();

      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        expected.append("out ").append(i).append("\nerr ").append(i).append('\n');
      }
      assertThat(file).hasContent(expected.toString());
    }

    /** A file that the JVM opens must not take the place of a closed stream. */
    @ParameterizedTest
    @ValueSource(strings = {">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"})
    void runsWithClosedStreams(String closed) throws Exception {
      Path bash = Path.of("/bin/bash");
      String line = "'" + machine.launcher() + "' 7 " + closed;

      assertThat(machine.run(bash, "-c", line).status()).isEqualTo(7);
    }

    @Test
    void stopsWhenTerminated() throws Exception {
      Process process = machine.prepare(machine.launcher(), "wait").start();
      try (var out = process.inputReader(UTF_8)) {
        assertThat(out.readLine()).isEqualTo("ready");

        process.toHandle().destroy();

        assertThat(out.readLine()).isEqualTo("shut down");
        assertThat(process.waitFor()).isEqualTo(128 + 15);
      } finally {
        process.destroyForcibly();
      }
    }

    @Test
    void saysThatAnIncompleteCopyCannotRun() throws Exception {
      Files.delete(machine.file("bench/target/lockstep-bench.jar"));

      Run run = machine.run("show");

      assertThat(run.err()).contains("is missing, and there are no sources").hasLineCount(1);
      assertThat(run.status()).isEqualTo(2);
    }
  }

  /** JDKs that only say where they are. */
  @Nested
  class FindingTheJdk {

    private static final String BROKEN = "echo 'the wrong java was started' >&2; exit 70";

    @BeforeEach
    void install() throws Exception {
      machine.withBuiltSources();
    }

    @Test
    void skipsAnOldJdkOnThePath() throws Exception {
      Path old = machine.addJdk("a17", "17.0.15", BROKEN);
      Path recent = machine.addJdk("b25", "25.0.1");

      assertThat(machine.prependPath(old.resolve("bin")).run()).isEqualTo(startOf(recent));
    }

    @Test
    void takesTheNewestOfTheFolders() throws Exception {
      machine.addJdk("a", "25.0.9");
      Path newest = machine.addJdk("b", "25.0.10");
      machine.addJdk("c", "25");

      assertThat(machine.run()).isEqualTo(startOf(newest));
    }

    @Test
    void prefersJavaHomeToThePathAndThePathToTheFolders() throws Exception {
      machine.addJdk("newest", "27");
      Path onPath = machine.addJdk("path", "26");
      Path bin = Files.createDirectories(temp.resolve("bin"));
      Files.createSymbolicLink(bin.resolve("java"), onPath.resolve("bin/java"));
      assertThat(machine.prependPath(bin).run()).isEqualTo(startOf(onPath));

      Path home = machine.addJdk("home", "25");
      assertThat(machine.set("JAVA_HOME", home).run()).isEqualTo(startOf(home));
    }

    @Test
    void prefersTheBundlesJavaToAllButLockstepJavaHome() throws Exception {
      Path home = machine.addJdk("home", "27");
      Path bundled = machine.addJdk("bundled", "25");
      Path java = Files.move(bundled, machine.file("bench/java"));
      for (String part : new String[] {"lib", "lockstep-bench.jar"}) {
        Files.move(machine.file("bench/target").resolve(part), machine.file("bench").resolve(part));
      }
      machine.set("JAVA_HOME", home).prependPath(home.resolve("bin"));
      assertThat(machine.run()).isEqualTo(startOf(java));

      assertThat(machine.set("LOCKSTEP_JAVA_HOME", home).run()).isEqualTo(startOf(home));
    }

    @Test
    void asksAJavaWithoutReleaseFile() throws Exception {
      Path jdk = machine.addJdk("jdk", "25");
      Path shims = temp.resolve("shims");
      LauncherFixture.script(
          shims.resolve("java"),
          "echo '    java.home = " + jdk + "'; echo '    java.version = 25.0.1'");

      assertThat(machine.prependPath(shims).run()).isEqualTo(startOf(jdk));
    }

    @Test
    void namesWhatItFoundWhereThereIsNone() throws Exception {
      assertThat(machine.run().err()).startsWith(sentence("found none"));

      Path old = machine.addJdk("a17", "17.0.15", BROKEN).toRealPath();
      Run run = machine.run();

      assertThat(run.err()).startsWith(sentence("found only 17.0.15 (" + old + ")"));
      assertThat(run.status()).isEqualTo(2);
    }

    private static String sentence(String found) {
      return "lockstep: needs JDK 25 or newer and " + found + "\n";
    }

    @Test
    void doesNotPassOverAWrongLockstepJavaHome() throws Exception {
      machine.addJdk("good", "25");
      Path old = machine.addJdk("old", "17.0.15", BROKEN);
      for (Path wrong : new Path[] {old, temp.resolve("missing")}) {
        Run run = machine.set("LOCKSTEP_JAVA_HOME", wrong).run();

        assertThat(run.err())
            .startsWith("lockstep: LOCKSTEP_JAVA_HOME is " + wrong)
            .hasLineCount(1);
        assertThat(run.status()).isEqualTo(2);
      }
    }

    @Test
    void needsACompilerOnlyToBuild() throws Exception {
      Path jdk = machine.addJdk("runtime", "25.0.1");
      Files.delete(jdk.resolve("bin/javac"));
      assertThat(machine.run()).isEqualTo(startOf(jdk));

      Files.delete(machine.file("bench/target/lockstep-bench.jar"));
      assertThat(machine.run().err()).contains("found only 25.0.1 without javac (");
    }

    private Run startOf(Path jdk) {
      return new Run(0, jdk.resolve("bin/java") + "\n", "");
    }
  }

  /** A Maven that only writes down how it was called. */
  @Nested
  class Building {

    private static final String RECORD = "echo \"$PWD|$JAVA_HOME|$*\" >>calls";
    private static final String MAKE_JARS =
        "; mkdir -p bench/target/lib; touch bench/target/lib/lockstep-cpu-1.jar"
            + " bench/target/lockstep-bench.jar";

    Path jdk;

    @BeforeEach
    void install() throws Exception {
      jdk = machine.addJdk("jdk", "25");
      machine.withMaven(RECORD + MAKE_JARS);
    }

    @Test
    void buildsWhatIsMissing() throws Exception {
      Run run = machine.withSources().run();

      assertThat(machine.file("calls"))
          .hasContent(
              machine.file("")
                  + "|"
                  + jdk
                  + "|-B -Plauncher -Dmaven.test.skip -Dformat.skip package");
      assertThat(run.out()).isEqualTo(jdk.resolve("bin/java") + "\n");
      assertThat(run.err())
          .matches(
              "lockstep: building \\(first run\\): starting Maven, \\d s\n"
                  + "lockstep: built in \\d s\n");
    }

    @Test
    void doesNotBuildWhatIsUpToDate() throws Exception {
      machine.withBuiltSources().run();

      assertThat(machine.file("calls")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "pom.xml",
          "cpu/pom.xml",
          "bench/pom.xml",
          "cpu/src/main/Source.java",
          "bench/src/main/Source.java",
          "bench/src/main" // what removing a source changes
        })
    void buildsOnceWhenASourceIsNewer(String source) throws Exception {
      machine.withBuiltSources();
      // A Maven that finds nothing to do and leaves the jars as they are.
      machine.withMaven(RECORD);
      Files.setLastModifiedTime(
          machine.file(source), FileTime.from(Instant.now().minusSeconds(60)));

      assertThat(machine.run().err()).contains("the sources have changed");
      assertThat(machine.run().err()).isEmpty();

      assertThat(Files.readAllLines(machine.file("calls"))).hasSize(1);
    }

    @Test
    void showsTheEndOfAFailedBuild() throws Exception {
      machine.withMaven("for i in {1..50}; do echo \"line $i\"; done; exit 1");

      Run run = machine.withSources().run();

      assertThat(run.err())
          .doesNotContain("line 20\n")
          .contains("line 21\n", "line 50\nlockstep: the build failed; ");
      assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void showsTheErrorsOfMavenAlone() throws Exception {
      machine.withMaven("echo '[INFO] much'; echo '[ERROR] A.java:[1,2] wrong'; echo late; exit 1");

      assertThat(machine.withSources().run().err())
          .contains("s\n[ERROR] A.java:[1,2] wrong\nlockstep: the build failed; ");
    }

    @Test
    void saysThatThereIsNoNetwork() throws Exception {
      machine.withMaven("echo '[ERROR] Could not transfer artifact a:b:jar:1 from/to c'; exit 1");

      Run run = machine.withSources().run();

      assertThat(run.err()).contains("could not download what it needs").hasLineCount(2);
      assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void saysThatTheBuildWasKilled() throws Exception {
      Run run = machine.withMaven("kill -KILL $$").withSources().run();

      assertThat(run.err()).contains("the build was killed (signal 9)").hasLineCount(2);
      assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void tellsEachStageOnce() throws Exception {
      machine.withMaven(
          RECORD
              + MAKE_JARS
              + """
              ; sleep 1
              echo 'Downloading from central: https://a.test/a.jar'
              sleep 1
              for module in cpu gpu cpu; do
                echo "[INFO] --- compiler:3.16.0:compile (default-compile) @ lockstep-$module ---"
                sleep 1
              done
              """);

      assertThat(machine.withSources().run().err().replaceAll("\\d+", "N"))
          .isEqualTo(
              """
              lockstep: building (first run): starting Maven, N s
              lockstep: building (first run): downloading, N s
              lockstep: building (first run): compiling cpu, N s
              lockstep: building (first run): compiling gpu, N s
              lockstep: built in N s
              """);
    }

    @Test
    void buildsByTheWrapperWhereThereIsNoMaven() throws Exception {
      machine.withoutMaven().withSources().withWrapper(RECORD + MAKE_JARS).withTool("unzip");
      machine.withTool("sha256sum");

      assertThat(machine.run().err()).contains("downloading Maven");
      assertThat(machine.file("calls"))
          .hasContent(
              machine.file("")
                  + "|"
                  + jdk
                  + "|-B -Plauncher -Dmaven.test.skip -Dformat.skip package");
    }

    @Test
    void givesTheWrapperTheSumOfWhatItFetchesWithoutUnzip() throws Exception {
      String sums = "; while read -r line; do echo \"$line\" >>calls; done <";
      String properties = "\"${0%/*}/.mvn/wrapper/maven-wrapper.properties\"";
      machine.withoutMaven().withSources().withWrapper("true" + MAKE_JARS + sums + properties);
      machine.withTool("tar").withTool("sha256sum");

      assertThat(machine.run().status()).isZero();
      assertThat(machine.file("calls"))
          .content()
          .contains("distributionUrl=https://a.test/apache-maven-3-bin.zip\n")
          .contains("distributionSha256Sum=the-sum-of-the-tar\n")
          .doesNotContain("the-sum-of-the-zip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL"})
    void beginsAnewAfterABuildThatWasStopped(String signal) throws Exception {
      machine.withSources().withMaven(MAKE_JARS.substring(2) + "; echo $$ >maven; exec sleep 100");
      Path leftover = machine.file("cpu/target/launcher/classes/Half.class");
      Files.createDirectories(leftover.resolveSibling(""));
      Files.writeString(leftover, "");
      Process process = machine.prepare(machine.launcher()).start();
      while (!Files.exists(machine.file("maven")) || Files.size(machine.file("maven")) == 0) {
        Thread.sleep(20);
      }
      ProcessHandle maven =
          ProcessHandle.of(Long.parseLong(Files.readString(machine.file("maven")).strip()))
              .orElseThrow();
      // The shell's own: a small system has no program of that name.
      new ProcessBuilder("bash", "-c", "kill -" + signal + " " + process.pid()).start().waitFor();

      assertThat(process.waitFor()).isGreaterThan(128);
      if (signal.equals("KILL")) {
        maven.destroyForcibly();
      }
      maven.onExit().join();
      machine.withMaven(RECORD + MAKE_JARS);
      assertThat(machine.run().err()).contains("the last build did not end");
      assertThat(leftover).doesNotExist();
      assertThat(machine.run().err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"cpu", "cpu/target", "cpu/target/old.jar", "cpu/target/launcher/classes"})
    void doesNotBuildWhereItMayNotWrite(String path) throws Exception {
      machine.withSources();
      Path locked = machine.file(path);
      if (path.endsWith(".jar")) {
        Files.createDirectories(locked.resolveSibling(""));
        Files.writeString(locked, "");
      } else {
        Files.createDirectories(locked);
      }
      assumeTrue(locked.toFile().setWritable(false) && !Files.isWritable(locked), "run by root");

      Run run = machine.run();

      assertThat(run.err())
          .startsWith("lockstep: has to be built (first run) and cannot write " + locked);
      assertThat(run.status()).isEqualTo(2);
      assertThat(machine.file("calls")).doesNotExist();
    }

    @Test
    void leavesAloneWhatOtherBuildsMadeReadOnly() throws Exception {
      Path image = machine.withSources().file("bench/target/bundle/java/release");
      Files.createDirectories(image.resolveSibling(""));
      Files.writeString(image, "");
      assertThat(image.toFile().setWritable(false)).isTrue();

      assertThat(machine.run().status()).isZero();
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
      assumeTrue(machine.hasTool("flock"));
      machine.withSources().withMaven(RECORD + "; sleep 1" + MAKE_JARS);

      Process first = machine.prepare(machine.launcher()).start();
      Process second = machine.prepare(machine.launcher()).start();

      assertThat(first.waitFor()).isZero();
      assertThat(second.waitFor()).isZero();
      assertThat(Files.readAllLines(machine.file("calls"))).hasSize(1);
    }
  }

  /** Libraries of others that a build with -Ppeers has left. */
  @Nested
  class Peers {

    private static final String JAR = "bench/target/peers/lockstep-peers.jar";

    private Path jar;

    @BeforeEach
    void install() throws Exception {
      machine.withBuiltSources().addJdk("jdk", "25", "echo \"$*\"");
      Files.createDirectories(machine.file("bench/peers"));
      jar = machine.file(JAR);
      Files.createDirectories(jar.resolveSibling(""));
      Files.writeString(jar, "");
    }

    @Test
    void areOnTheClassPathButWhereSeveralThingsAreTimedInOneProcess() throws Exception {
      String lib = machine.file("bench/target/peers/lib") + "/*";
      assertThat(machine.run("check").out()).contains(":" + jar + ":" + lib + " ");
      assertThat(machine.run("suite").out()).doesNotContain("peers");
    }

    @Test
    void areBuiltAgainWhenTheirSourcesAreNewer() throws Exception {
      machine.withMaven("echo \"$*\" >>calls");
      Path source = machine.file("bench/peers/Source.java");
      Files.writeString(source, "");
      Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));

      assertThat(machine.run("check").err()).contains("the sources have changed");
      assertThat(machine.run("check").err()).isEmpty();

      assertThat(Files.readAllLines(machine.file("calls")))
          .containsExactly("-B -Ppeers -Dmaven.test.skip -Dformat.skip package");
    }
  }

  /** A device whose build only writes down how it was called. */
  @Nested
  class EmulatingCuda {

    private static final String BUILD = "echo \"$*\" >>\"$1/calls\"; echo made; touch \"$1/stamp\"";

    @BeforeEach
    void install() throws Exception {
      machine
          .withTool("g++")
          .withBuiltSources()
          .addJdk("jdk", "25", "echo \"$LD_LIBRARY_PATH|$LOCKSTEP_CUBLAS|${*: -2}\"");
    }

    private String emulated(String path) {
      return machine.file("gpu/target/emulated") + path;
    }

    @Test
    void buildsTheDeviceOnceAndLeadsToIt() throws Exception {
      machine.withDeviceSources(BUILD).set("LD_LIBRARY_PATH", "/mine");
      Run run = machine.run("check", "--emulate-cuda");

      String found =
          String.format(
              Locale.ROOT,
              "%s:%s:/mine|%s|check --emulate-cuda\n",
              emulated(""),
              emulated("/cuda12"),
              emulated("/cuda12/libcublas.so.12"));
      assertThat(run)
          .isEqualTo(
              new Run(
                  0, found, "lockstep: building the emulated CUDA device (under a minute) ...\n"));
      assertThat(machine.run("check", "--emulate-cuda")).isEqualTo(new Run(0, found, ""));
      assertThat(Path.of(emulated("/calls")))
          .hasContent(
              String.format(
                  Locale.ROOT,
                  "%s %s %s",
                  emulated(""),
                  machine.file("gpu/src/main/cuda"),
                  machine.file("gpu/src/test/cuda")));
    }

    /** What the launcher decides by the command does not depend on flags in front of it. */
    @Test
    void buildsTheDeviceForACommandBehindFlags() throws Exception {
      machine.withDeviceSources(BUILD);
      assertThat(machine.run("--quiet", "--no-color", "check", "--emulate-cuda").out())
          .startsWith(emulated(""))
          .endsWith("|--no-color --emulate-cuda\n");
    }

    @Test
    void buildsTheDeviceForASuiteToo() throws Exception {
      machine.withDeviceSources(BUILD);
      assertThat(machine.run("suite", "--emulate-cuda").out())
          .isEqualTo(
              String.format(
                  Locale.ROOT,
                  "%s:%s|%s|suite --emulate-cuda\n",
                  emulated(""),
                  emulated("/cuda12"),
                  emulated("/cuda12/libcublas.so.12")));
      assertThat(Path.of(emulated("/calls"))).exists();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "gpu/src/main/cuda/lockstep.cu",
          "gpu/src/test/cuda/emulator.cu",
          "gpu/emulator/build.sh"
        })
    void buildsItAnewWhenASourceIsNewer(String source) throws Exception {
      machine.withDeviceSources(BUILD).run("check", "--emulate-cuda");
      // Later than the jar by years, than the stamp by minutes.
      Files.setLastModifiedTime(
          Path.of(emulated("/stamp")), FileTime.from(Instant.now().minusSeconds(120)));
      Files.setLastModifiedTime(
          machine.file(source), FileTime.from(Instant.now().minusSeconds(60)));
      machine.withMaven("true");

      assertThat(machine.run("check", "--emulate-cuda").err())
          .contains("building the emulated CUDA device");
      assertThat(machine.run("check", "--emulate-cuda").err()).isEmpty();
      assertThat(Files.readAllLines(Path.of(emulated("/calls")))).hasSize(2);
    }

    @Test
    void leavesItAloneWithoutTheFlag() throws Exception {
      machine.withDeviceSources(BUILD);

      for (String[] arguments :
          new String[][] {{"check", "--list"}, {"doctor", "--emulate-cuda"}}) {
        assertThat(machine.run(arguments).out()).startsWith("||");
      }
      assertThat(Path.of(emulated(""))).doesNotExist();
    }

    @Test
    void saysWhyItCannotBeBuilt() throws Exception {
      machine.withDeviceSources("echo 'it needs a C++ compiler' >\"$1/unavailable.txt\"");
      assertThat(machine.run("check", "--emulate-cuda"))
          .isEqualTo(
              new Run(
                  2,
                  "",
                  "lockstep: building the emulated CUDA device (under a minute) ...\n"
                      + "lockstep: cannot emulate CUDA: it needs a C++ compiler\n"));

      machine.withDeviceSources("echo 'syntax error'; exit 1");
      Run run = machine.run("check", "--emulate-cuda");
      assertThat(run.err())
          .contains("syntax error\nlockstep: the emulated CUDA device cannot be built; ");
      assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void saysThatThereAreNoSources() throws Exception {
      Run run = machine.run("check", "--emulate-cuda");

      assertThat(run.err())
          .contains("cannot emulate CUDA: there are no sources of the emulated device")
          .hasLineCount(1);
      assertThat(run.status()).isEqualTo(2);
    }
  }
}
