package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.LauncherFixture.Run;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the launcher tells a user whose machine lacks something, on machines that are made up. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LauncherSurveyIT {

  @TempDir Path temp;
  LauncherFixture machine;

  @BeforeEach
  void copyLauncher() throws Exception {
    machine = new LauncherFixture(temp.resolve("a machine")).withSources();
  }

  private void runsOn(String osRelease) throws Exception {
    machine.withSystemFile("etc/os-release", osRelease);
  }

  private static String os(String id, String version) {
    return String.format(
        Locale.ROOT,
        "PRETTY_NAME=\"Some %s %s\"\nID=%s\nVERSION_ID=\"%s\"\n",
        id,
        version,
        id,
        version);
  }

  private Run refused(String... arguments) throws Exception {
    Run run = machine.run(arguments);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    return run;
  }

  @Test
  void namesEverythingInOneMessageAndOneLineToInstallIt() throws Exception {
    runsOn(os("debian", "13"));
    machine.withWrapper("").withDeviceSources("");
    Path old = machine.addJdk("a17", "17.0.15").toRealPath();

    assertThat(refused("check", "--emulate-cuda").err())
        .startsWith(
            String.format(
                    Locale.ROOT,
                    "lockstep: needs JDK 25 or newer and found only 17.0.15 (%s);",
                    old)
                + " has to be built (first run), finds no Maven (mvn) on the PATH, and to download"
                + " one needs unzip, sha256sum, curl (or wget);"
                + " needs the C++ compiler g++ for --emulate-cuda and found none\n")
        .containsOnlyOnce("lockstep: ")
        .containsOnlyOnce("apt-get")
        .contains(
            "  to install on Some debian 13: sudo apt-get install openjdk-25-jdk-headless unzip"
                + " coreutils curl g++\n")
        .contains("  looked for a JDK in JAVA_HOME, on the PATH and in ")
        .contains("the bundle (docs/bundle.md), which needs no JDK");
  }

  @ParameterizedTest
  @CsvSource({
    "debian, 13, sudo apt-get install openjdk-25-jdk-headless",
    "debian, 14, sudo apt-get install openjdk-25-jdk-headless",
    "ubuntu, 24.04, sudo apt-get install openjdk-25-jdk-headless",
    "ubuntu, 22.04, sudo apt-get install openjdk-25-jdk-headless",
    "fedora, 43, sudo dnf install java-25-openjdk-devel",
  })
  void namesThePackageOfTheJdk(String id, String version, String line) throws Exception {
    runsOn(os(id, version));
    machine.withMaven("");

    assertThat(refused().err())
        .contains(String.format(Locale.ROOT, "to install on Some %s %s: %s\n", id, version, line))
        .doesNotContain("adoptium");
  }

  @ParameterizedTest
  @CsvSource({"debian, 12", "debian, 11", "ubuntu, 20.04", "arch, ''", "08, 08"})
  void leadsToTemurinWhereThereIsNoPackage(String id, String version) throws Exception {
    runsOn(os(id, version));
    machine.withMaven("");

    assertThat(refused().err())
        .contains("no package of JDK 25", String.format(Locale.ROOT, "Some %s %s", id, version))
        .contains("https://adoptium.net/temurin/releases/?version=25\n")
        .contains("unpack it into " + temp.resolve("a machine/home/.jdks"))
        .contains("the bundle")
        .doesNotContain("sudo");
  }

  @Test
  void takesTestingForNewerThanEveryRelease() throws Exception {
    runsOn("PRETTY_NAME=\"Debian GNU/Linux forky/sid\"\nID=debian\n");

    assertThat(refused().err()).contains("apt-get install openjdk-25-jdk-headless");
  }

  @Test
  void installsWithThePackagesOfTheFamily() throws Exception {
    machine.addJdk("jdk", "25");
    machine.withMaven("").withDeviceSources("");
    runsOn("ID=mint\nID_LIKE=\"ubuntu debian\"\n");
    assertThat(refused("check", "--emulate-cuda").err())
        .contains("on mint: sudo apt-get install g++\n");

    runsOn("ID=rocky\nID_LIKE=\"rhel centos fedora\"");
    assertThat(refused("check", "--emulate-cuda").err()).contains("sudo dnf install gcc-c++\n");

    runsOn("ID=void\n");
    assertThat(refused("check", "--emulate-cuda").err())
        .contains("to install with this system's packages: g++\n");
  }

  @Test
  void executesNothingOfAForeignFile() throws Exception {
    Path trace = temp.resolve("trace");
    runsOn(
        String.format(
            Locale.ROOT,
            "ID=\"$(echo >'%1$s')\"\n"
                + "VERSION_ID=a[$(echo >'%1$s')]\n"
                + "PRETTY_NAME=\"\033[31m`echo >'%1$s'`\"\n",
            trace));

    assertThat(refused().err()).contains("?[31m`echo >").doesNotContain("\033");
    assertThat(trace).doesNotExist();
  }

  @Test
  void doesWithoutAnyDescriptionOfTheSystem() throws Exception {
    assertThat(refused().err()).contains("no package of JDK 25 is known for this system");
  }

  @Test
  void asksForCublasOnlyBesideADriver() throws Exception {
    assertThat(refused().err()).doesNotContain("cuBLAS");

    machine.withSystemFile("proc/driver/nvidia/version", "");
    assertThat(refused().err()).contains("no cuBLAS", "pip install nvidia-cublas-cu12");

    machine.withSystemFile("usr/local/cuda-13.0/lib64/libcublas.so.13", "");
    assertThat(refused().err()).doesNotContain("cuBLAS");
  }

  @Test
  void needsMavenOrItsWrapper() throws Exception {
    machine.addJdk("jdk", "25");
    runsOn(os("debian", "13"));

    assertThat(refused().err())
        .startsWith("lockstep: has to be built (first run) and finds no Maven (mvn) on the PATH\n")
        .contains("sudo apt-get install maven\n");
  }

  @Test
  void needsNothingForAWrapperThatHasItsMaven() throws Exception {
    machine.addJdk("jdk", "25");
    machine.withWrapper("exit 7");
    LauncherFixture.script(
        temp.resolve("a machine/home/.m2/wrapper/dists/apache-maven-3/1a2b/bin/mvn"), "");

    assertThat(refused().err()).contains("starting Maven").contains("the build failed");
  }

  @Test
  void needsNoCompilerForADeviceThatIsBuilt() throws Exception {
    machine.withBuiltSources().withDeviceSources("").addJdk("jdk", "25");
    LauncherFixture.script(machine.file("gpu/target/emulated/stamp"), "");
    machine.touchNow("gpu/target/emulated/stamp");

    assertThat(machine.run("check", "--emulate-cuda").status()).isZero();
  }
}
