package dev.lockstep.bench;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.UnpackedBundle.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive that the profile {@code bundle} builds, used as on a machine that has only glibc. */
@Tag("bundle")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class BundleIT {

  private static final Path ARCHIVE = Path.of(System.getProperty("lockstep.bundle", ""));
  private static final long LARGEST = 52_000_000;

  /** One small cell of a check for each activation and initialisation. */
  private static final String[] CHECK = {
    "check", "--width", "33", "--batch", "33", "--depth", "1", "--steps", "20"
  };

  /** What glibc consists of, and what the kernel adds to every process. */
  private static final Set<String> GLIBC =
      Set.of(
          "linux-vdso.so.1",
          "ld-linux-x86-64.so.2",
          "libc.so.6",
          "libdl.so.2",
          "libm.so.6",
          "libpthread.so.0",
          "librt.so.1");

  @TempDir static Path temp;
  static UnpackedBundle bundle;

  @BeforeAll
  static void unpack() throws Exception {
    bundle = new UnpackedBundle(ARCHIVE, temp);
  }

  @Test
  void isSmall() throws Exception {
    assertThat(Files.size(ARCHIVE)).isLessThanOrEqualTo(LARGEST);
  }

  @Test
  void helpsThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(temp.resolve("link"), bundle.file("lockstep"));

    Run run = bundle.run(link, "--help");

    assertThat(run.out()).startsWith("Usage: lockstep ");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
  }

  @Test
  void doctorNamesTheJavaOfTheBundle() throws Exception {
    Run run = bundle.run(bundle.file("lockstep"), "doctor");

    // Long paths are wrapped.
    assertThat(run.out().replaceAll("\\s", ""))
        .contains("," + bundle.file("java").toString().replaceAll("\\s", "") + "system");
    assertThat(run.out())
        .containsPattern("(?m)^  vector +exact +can run: ")
        .containsPattern("(?m)^  cuda +exact +");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
  }

  @Test
  void checksAndWritesTheVerdicts() throws Exception {
    Path json = bundle.writable("verdicts.json");
    Path junit = bundle.writable("verdicts.xml");

    Run run = bundle.run(command(CHECK, "--json", json, "--junit", junit));

    assertThat(run.out())
        .containsPattern(
            "Verdict: AGREES\\. 2 exact backends agree bit for bit \\(20\\s+scenarios,");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(json).isNotEmptyFile();
    assertThat(junit).isNotEmptyFile();
  }

  @Test
  void checksOnTheEmulatedDeviceThatItBringsAlong() throws Exception {
    Run run =
        bundle.run(
            command(
                CHECK, "--emulate-cuda", "--init", "equal", "--backends", "scalar,cuda,cublas"));

    assertThat(run.out()).contains("CUDA EMULATED");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).as(run.out()).isZero();
  }

  @Test
  void showsProgressOnATerminal() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/script")), "there is no script(1)");
    String line = "'" + bundle.file("lockstep") + "' " + String.join(" ", CHECK);

    Run run = bundle.run("script", "--quiet", "--return", "--command", line, "/dev/null");

    assertThat(run.out()).containsPattern("check +\\d+% \\[").contains("agree bit for bit");
    assertThat(run.status()).isZero();
  }

  @Test
  void trainsAndWritesParametersAndTrajectory() throws Exception {
    Path parameters = bundle.writable("net.npz");
    Path trajectory = bundle.writable("trajectory.json");
    String[] train = {"train", "--hidden", "33", "--steps", "50"};

    Run run = bundle.run(command(train, "--save", parameters, "--trajectory", trajectory));

    assertThat(run.out()).startsWith("64-33-10 tanh on vector");
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(parameters).isNotEmptyFile();
    assertThat(trajectory).isNotEmptyFile();
  }

  @Test
  void jmhForksTheJavaOfTheBundle() throws Exception {
    String classPath = bundle.file("lockstep-bench.jar") + ":" + bundle.file("lib") + "/*";
    String[] jmh = {"org.openjdk.jmh.Main", "FmaCeiling", "-f", "1", "-wi", "0", "-i", "1"};

    Run run =
        bundle.run(
            Stream.of(
                    Stream.of(bundle.file("java/bin/java"), "--add-modules"),
                    Stream.of("jdk.incubator.vector", "-cp", classPath),
                    Stream.of(jmh),
                    Stream.of("-r", "10ms"))
                .flatMap(part -> part)
                .toArray());

    assertThat(run.out())
        .contains("# VM invoker: " + bundle.file("java/bin/java"), "# Fork: 1 of 1")
        .contains("# Run complete.")
        .doesNotContain("<failure>");
    assertThat(run.status()).isZero();
  }

  /** A JDK of a Linux distribution may use more of that distribution; then its bundle does too. */
  @Test
  void javaNeedsNothingButGlibc() throws Exception {
    Set<String> built = neededBy(Path.of(System.getProperty("java.home"), "lib", "libjli.so"));
    assumeTrue(GLIBC.containsAll(built), "this JDK itself needs " + built);
    Set<String> needed = neededBy(bundle.file("java/bin/java"));
    Set<String> own = new TreeSet<>();
    try (Stream<Path> files = Files.walk(bundle.file("java"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".so")).toList()) {
        needed.addAll(neededBy(file));
        own.add(file.getFileName().toString());
      }
    }
    needed.removeAll(own);

    assertThat(needed).contains("libc.so.6").isSubsetOf(GLIBC);
  }

  /** The names of the libraries a file needs, and of those they need. */
  private static Set<String> neededBy(Path file) throws IOException, InterruptedException {
    Set<String> needed = new TreeSet<>();
    for (String line : bundle.run("ldd", file).out().lines().toList()) {
      String name = line.strip().split(" ")[0];
      needed.add(name.substring(name.lastIndexOf('/') + 1));
    }
    return needed;
  }

  @Test
  void noticesNameEveryJar() throws Exception {
    Set<String> jars;
    try (Stream<Path> files = Files.list(bundle.file("lib"))) {
      jars =
          files
              .map(file -> file.getFileName().toString().replaceFirst("-\\d.*", ""))
              .collect(toCollection(TreeSet::new));
    }
    Set<String> named =
        Pattern.compile("(?m)^  ([a-z0-9-]+)  ")
            .matcher(Files.readString(bundle.file("THIRD-PARTY.txt")))
            .results()
            .map(match -> match.group(1))
            .collect(toCollection(TreeSet::new));

    assertThat(named).isEqualTo(jars);
    assertThat(bundle.file("LICENSE")).content().contains("Apache License");
    assertThat(bundle.file("java/legal/java.base/LICENSE")).content().contains("GNU General");
  }

  private static Object[] command(String[] arguments, Object... more) {
    return Stream.of(Stream.of(bundle.file("lockstep")), Stream.of(arguments), Stream.of(more))
        .flatMap(part -> part)
        .toArray();
  }
}
