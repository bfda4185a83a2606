package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.backend.UnavailableException;
import dev.lockstep.file.TemporaryFolder;
import dev.lockstep.gpu.discovery.FakeLibraries.Driver;
import dev.lockstep.model.AccentedName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That JCuda's classes reach the libraries that were found, whatever else lies about. */
final class CudaNativesTest {

  private static final String DRIVER_REACHED = "JCudaDriver: status 0, version 13000\n";

  @TempDir Path folder;

  private ForkedProbe probe;

  @BeforeEach
  void prepare() throws Exception {
    FakeLibraries.assumeCompiler();
    probe = new ForkedProbe(folder);
    Driver.GOOD.into(folder.resolve("driver"));
    probe.with("LD_LIBRARY_PATH", folder.resolve("driver"));
  }

  @Test
  void callTheDriver() throws Exception {
    assertThat(probe.run("driver")).isEqualTo(DRIVER_REACHED);
    assertNothingLeft(folder.resolve("tmp"));
  }

  @Test
  void callCublas12() throws Exception {
    Path file = FakeLibraries.cublas(folder.resolve("local/cuda/lib64"), 12);
    assertThat(probe.run("cublas")).isEqualTo(reached(file, 12));
    assertNothingLeft(folder.resolve("tmp"));
  }

  @Test
  void callCublas13WhereThereIsNo12() throws Exception {
    Path file =
        FakeLibraries.cublas(folder.resolve("local/cuda-13.0/targets/x86_64-linux/lib"), 13);
    assertThat(probe.run("cublas")).isEqualTo(reached(file, 13));
    assertNothingLeft(folder.resolve("tmp"));
  }

  @Test
  void takeTheCublasThatIsNamed() throws Exception {
    FakeLibraries.cublas(folder.resolve("local/cuda/lib64"), 12);
    Path odd = folder.resolve("a folder: with, " + AccentedName.letter() + " and $x");
    Path file = FakeLibraries.cublas(odd, 13);
    probe.with("LC_ALL", "C.UTF-8").with("LOCKSTEP_CUBLAS", file);
    assertThat(probe.run("cublas")).isEqualTo(reached(file, 13));
    assertThat(probe.with("LOCKSTEP_CUBLAS", odd).run("cublas")).isEqualTo(reached(file, 13));
  }

  @Test
  void takeNoOtherWhereTheNamedOneIsMissing() throws Exception {
    FakeLibraries.cublas(folder.resolve("local/cuda/lib64"), 12);
    Path missing = folder.resolve("missing/libcublas.so.12");
    assertThat(probe.with("LOCKSTEP_CUBLAS", missing).run("cublas"))
        .startsWith(
            "failed: NO_CUBLAS | no cuBLAS (libcublas.so.12 or libcublas.so.13 not found in"
                + " LOCKSTEP_CUBLAS="
                + missing
                + ", which does not exist) | ")
        .hasLineCount(1);
  }

  @Test
  void takeTheCublasOfPythonsPackages() throws Exception {
    Path packages = folder.resolve("site packages");
    Path file = FakeLibraries.cublas(packages.resolve("nvidia/cu13/lib"), 13);
    FakeLibraries.script(
        folder.resolve("bin/python3"), "printf '%s\\0' /nowhere '" + packages + "'");
    assertThat(probe.run("cublas")).isEqualTo(reached(file, 13));
  }

  @Test
  void useNoLibraryThatLiesInTheTemporaryFolder() throws Exception {
    Path file = FakeLibraries.cublas(folder.resolve("local/cuda/lib64"), 12);
    Path temporary = folder.resolve("tmp");
    for (JniLibrary library : JniLibrary.values()) {
      byte[] whole = library.bytes();
      Files.write(temporary.resolve(library.fileName()), Arrays.copyOf(whole, whole.length / 2));
    }
    assertThat(probe.run("cublas")).isEqualTo(reached(file, 12));
  }

  @Test
  void refuseALibraryThatJCudaWouldTakeInstead() throws Exception {
    Path other = folder.resolve("driver").resolve(JniLibrary.DRIVER.fileName());
    Files.write(other, new byte[7]);
    assertThat(probe.run("driver"))
        .startsWith("failed: NATIVES | JCuda would load " + other + " and not the library of");
  }

  @Test
  void runTwiceAtOnce() throws Exception {
    Path file = FakeLibraries.cublas(folder.resolve("local/cuda-13.0/lib64"), 13);
    List<Process> processes =
        List.of(probe.start("cublas"), probe.start("cublas"), probe.start("cublas"));
    for (Process process : processes) {
      assertThat(ForkedProbe.output(process)).isEqualTo(reached(file, 13));
    }
    assertNothingLeft(folder.resolve("tmp"));
  }

  @Test
  void useAnotherFolderWhereTemporaryFilesCannotBeMade() throws Exception {
    Path cache = folder.resolve("a cache: of mine");
    probe.temporaryFiles(Path.of("/proc")).with("XDG_CACHE_HOME", cache);
    assertThat(probe.run("driver")).isEqualTo(DRIVER_REACHED);
    assertThat(cache).isEmptyDirectory();
  }

  @Test
  void nameTheFoldersWhereNoneWillDo() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(
            () ->
                JniPlacement.load(JniLibrary.DRIVER, new byte[7], List.of(Path.of("/proc"), file)))
        .withMessageContaining("no folder for libJCudaDriver-")
        .withMessageContaining("(/proc: ")
        .withMessageContaining("; " + file + ": ");
  }

  @Test
  void workInATemporaryFolderOfAnyName() throws Exception {
    Path odd = Files.createDirectories(folder.resolve("tmp: with blanks; and $x"));
    assertThat(probe.temporaryFiles(odd).run("driver")).isEqualTo(DRIVER_REACHED);
    assertNothingLeft(odd);
  }

  @Test
  void nameACublasThatDoesNotLoad() throws Exception {
    Path file = FakeLibraries.cublasWithoutWhatItNeeds(folder.resolve("local/cuda/lib64"), 12);
    assertThat(probe.run("cublas"))
        .startsWith(
            "failed: NO_CUBLAS | " + file + " cannot be loaded (it needs libmissing.so, which is")
        .hasLineCount(1);
  }

  @Test
  void refuseToMixTwoCublas() throws Exception {
    Path file = FakeLibraries.cublas(folder.resolve("local/cuda/lib64"), 12);
    Path other = FakeLibraries.cublas(folder.resolve("other"), 12);
    Path otherCompanion = other.resolveSibling("libcublasLt.so.12");
    assertThat(probe.run("cublas-after", otherCompanion.toString(), other.toString()))
        .startsWith(
            String.format(
                Locale.ROOT,
                "failed: NO_CUBLAS | %s cannot be used: another libcublasLt.so.12 was loaded"
                    + " before, %s",
                file.resolveSibling("libcublasLt.so.12"),
                otherCompanion));
  }

  @Test
  void leaveNothingBehindWhereTheJvmEndsEarly() throws Exception {
    assertThat(probe.run("end-early")).isEqualTo("made: true\n");
    assertNothingLeft(folder.resolve("tmp"));
  }

  @Test
  void letNobodyElseIntoThePrivateFolder() throws Exception {
    try (TemporaryFolder one = TemporaryFolder.createIn(folder);
        TemporaryFolder two = TemporaryFolder.createIn(folder)) {
      assertThat(one.path()).isNotEqualTo(two.path());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one.path())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void sayThatNativeCodeIsForbidden() throws Exception {
    assertThat(probe.with("JDK_JAVA_OPTIONS", "--illegal-native-access=deny").run("driver"))
        .doesNotContain("NATIVES");
    assertThat(
            probe
                .with("JDK_JAVA_OPTIONS", "--illegal-native-access=deny")
                .withoutNativeAccess()
                .run("look", "0"))
        .contains("kernels: NATIVES | the JVM was told to allow no native code (");
  }

  private static String reached(Path cublas, int major) {
    return String.format(
        Locale.ROOT,
        """
        loaded: %s
        cublasCreate: 0
        cublasGetVersion: status 0, version %d0733
        """,
        cublas,
        major);
  }

  private static void assertNothingLeft(Path temporary) {
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
