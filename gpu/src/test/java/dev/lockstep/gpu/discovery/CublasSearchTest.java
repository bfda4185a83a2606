package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.machine.NvidiaFiles;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which cuBLAS is chosen of those that lie about, and what is said of the others. */
final class CublasSearchTest {

  private static final CudaVersion NEW_DRIVER = new CudaVersion(13, 0);

  @TempDir Path folder;

  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void prepare() {
    FakeLibraries.assumeCompiler();
    FakeLibraries.script(folder.resolve("bin/ldconfig"), "exit 0");
    variables.put("PATH", folder.resolve("bin").toString());
  }

  private CublasSearch search() {
    return search(NEW_DRIVER);
  }

  private CublasSearch search(@Nullable CudaVersion driver) {
    return CublasSearch.of(
        new Environment(variables, folder.resolve("local"), new NvidiaFiles(folder)), driver);
  }

  private void python(String script) {
    FakeLibraries.script(folder.resolve("bin/python3"), script);
  }

  @Test
  void sayWhereNothingWasFound() {
    variables.put("LD_LIBRARY_PATH", folder + "/one:" + folder + "/two");
    Unavailable unavailable = search().unavailable();
    assertThat(unavailable.reason().kind()).isEqualTo(Cause.NO_CUBLAS);
    assertThat(unavailable)
        .hasToString(
            String.format(
                    Locale.ROOT,
                    "no cuBLAS (libcublas.so.12 or libcublas.so.13 not found in"
                        + " LD_LIBRARY_PATH=%s/one:%s/two,",
                    folder,
                    folder)
                + String.format(
                    Locale.ROOT,
                    " in the loader's cache, in %s/local/cuda*, in pip's nvidia packages (there is"
                        + " no",
                    folder)
                + " python3 on the PATH)): install it into a virtual environment (python3 -m venv"
                + " ~/cublas && ~/cublas/bin/pip install nvidia-cublas-cu12) and export"
                + " LOCKSTEP_CUBLAS=~/cublas, or point that at another library or folder");
  }

  @Test
  void searchInOrder() throws Exception {
    Path onPath = FakeLibraries.cublas(folder.resolve("on path"), 12);
    Path cached = FakeLibraries.cublas(folder.resolve("cached"), 12);
    FakeLibraries.cublas(folder.resolve("local/cuda-12.9/lib64"), 12);
    Path newer = FakeLibraries.cublas(folder.resolve("local/cuda-12.10/lib64"), 12);
    Path package12 = FakeLibraries.cublas(folder.resolve("site/nvidia/cublas/lib"), 12);
    Path package13 = FakeLibraries.cublas(folder.resolve("site/nvidia/cu13/lib"), 13);
    Files.createSymbolicLink(folder.resolve("local/cuda"), Path.of("cuda-12.9"));
    variables.put("LD_LIBRARY_PATH", folder.resolve("empty") + "::" + folder.resolve("on path"));
    FakeLibraries.script(
        folder.resolve("bin/ldconfig"),
        String.format(
            Locale.ROOT,
            """
            test "$1" = -p || exit 1
            echo "2 libs found in cache \\`/etc/ld.so.cache'"
            echo "\tlibcublas.so.12 (libc6) => /lib32/libcublas.so.12"
            echo "\tlibcublasLt.so.12 (libc6,x86-64) => /nowhere/libcublasLt.so.12"
            echo "\tlibcublas.so.12 (libc6,x86-64) => %s"
            """,
            cached));
    python("printf '%s\\0' /nowhere '" + folder.resolve("site") + "'");

    CublasSearch search = search();
    assertThat(search.candidates())
        .extracting(CublasCandidate::file)
        .containsExactly(
            onPath,
            cached,
            folder.resolve("local/cuda/lib64/libcublas.so.12"),
            newer,
            package12,
            package13);
    assertThat(search.candidates()).extracting(CublasCandidate::flaw).containsOnlyNulls();
    assertThat(search.candidates())
        .extracting(search::verdict)
        .containsExactly(
            "used: the first cuBLAS 12 found",
            "not used: found after " + onPath,
            "not used: found after " + onPath,
            "not used: found after " + onPath,
            "not used: found after " + onPath,
            "not used: a cuBLAS 12 comes first");
  }

  @Test
  void takeThirteenWhereThereIsNoTwelve() {
    Path eleven = FakeLibraries.cublas(folder.resolve("local/cuda-11.8/lib64"), 11);
    Path file = FakeLibraries.cublas(folder.resolve("local/cuda-13.1/lib64"), 13);
    CublasSearch search = search();
    assertThat(search.chosen()).map(CublasCandidate::file).contains(file);
    assertThat(search.candidates())
        .extracting(search::verdict)
        .containsExactly(
            "used, with JCuda's library adapted to it, because no cuBLAS 12 can be used",
            "not used: " + eleven + " is cuBLAS 11");
    assertThat(search(null).chosen()).map(CublasCandidate::file).contains(file);
  }

  /** A library's folder, a toolkit, a package, all packages, or a virtual environment. */
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "lib64, ''",
    "targets/x86_64-linux/lib, ''",
    "cu13/lib, ''",
    "nvidia/cu13/lib, ''",
    "lib/python3.11/site-packages/nvidia/cu13/lib, ''",
    "lib/python3.11/site-packages/nvidia/cu13/lib, lib/python3.11/site-packages",
    "lib/python3.11/site-packages/nvidia/cu13/lib, lib/python3.11/site-packages/nvidia",
    "lib/python3.11/site-packages/nvidia/cu13/lib, lib/python3.11/site-packages/nvidia/cu13"
  })
  void searchBelowTheFolderThatIsNamed(String place, String named) {
    Path file = FakeLibraries.cublas(folder.resolve("venv").resolve(place), 13);
    variables.put("LOCKSTEP_CUBLAS", folder.resolve("venv").resolve(named).toString());
    assertThat(search().chosen()).map(CublasCandidate::file).contains(file);
  }

  @Test
  void refuseOtherMajorVersions() {
    Path eleven = FakeLibraries.cublas(folder.resolve("local/cuda-11.8/lib64"), 11);
    Path fourteen = FakeLibraries.cublas(folder.resolve("local/cuda-14.0/lib64"), 14);
    Unavailable unavailable = search().unavailable();
    assertThat(unavailable.reason().kind()).isEqualTo(Cause.CUBLAS_VERSION);
    assertThat(unavailable.reason().sentence())
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "no cuBLAS that can be used (%s is cuBLAS 14; %s is cuBLAS 11)",
                fourteen,
                eleven));
  }

  @Test
  void refuseACublasTheDriverIsTooOldFor() {
    Path file = FakeLibraries.cublas(folder.resolve("local/cuda-13.0/lib64"), 13);
    Unavailable unavailable = search(new CudaVersion(12, 8)).unavailable();
    assertThat(unavailable.reason().kind()).isEqualTo(Cause.DRIVER_TOO_OLD);
    assertThat(unavailable.toString())
        .contains(
            file
                + " is cuBLAS 13, which needs a driver for CUDA 13.0 or newer, and this driver is"
                + " for CUDA 12.8")
        .contains(": update the NVIDIA driver to version 580 or newer, or install it");
  }

  @Test
  void refuseWhatWouldKillTheJvm() throws Exception {
    Path file = FakeLibraries.cublas(folder.resolve("local/cuda/lib64"), 12);
    long bytes = Files.size(file);
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(bytes - 1);
    }
    Unavailable unavailable = search().unavailable();
    assertThat(unavailable.reason().kind()).isEqualTo(Cause.NO_CUBLAS);
    assertThat(unavailable.toString())
        .contains(file + " is cut off (" + (bytes - 1) + " bytes of " + bytes + ")");
  }

  @Test
  void refuseWhatIsNoCublas() throws Exception {
    Path links = Files.createDirectories(folder.resolve("links"));
    Path broken = links.resolve("libcublas.so.1");
    Path text = Files.writeString(links.resolve("libcublas.so.2"), "INPUT(libcublas.so.12)");
    Path other = links.resolve("libcublas.so.3");
    Path cublas = FakeLibraries.cublas(folder.resolve("good"), 12);
    Files.createSymbolicLink(broken, folder.resolve("gone"));
    Files.createSymbolicLink(other, cublas.resolveSibling("libcublasLt.so.12"));
    Files.writeString(links.resolve("libcublas.so"), "not looked at");
    variables.put("LOCKSTEP_CUBLAS", links.toString());
    assertThat(search().candidates())
        .extracting(CublasCandidate::flaw)
        .extracting(flaw -> flaw == null ? "" : flaw.sentence())
        .containsExactly(
            other + " is not cuBLAS but libcublasLt.so.12",
            text + " is not a shared library (no ELF header)",
            broken + " points to no file");
  }

  @Test
  void refuseACublasWithoutItsCompanion() throws Exception {
    Path file = FakeLibraries.cublas(folder.resolve("local/cuda/lib64"), 12);
    Files.delete(file.resolveSibling("libcublasLt.so.12"));
    assertThat(search().unavailable().reason().sentence())
        .contains(file + " has no libcublasLt.so.12 beside it");
  }

  @Test
  void readTheVersionFromTheFileBehindTheLink() throws Exception {
    Path file = FakeLibraries.cublas(folder.resolve("local/cuda/lib64"), 12);
    Path full = Files.move(file, file.resolveSibling("libcublas.so.12.6.4.1"));
    Files.createSymbolicLink(file, full.getFileName());
    assertThat(search().candidates())
        .extracting(CublasCandidate::version)
        .containsExactly("12.6.4.1");
  }

  @Test
  void lookNowhereElseThanNamed() {
    FakeLibraries.cublas(folder.resolve("local/cuda/lib64"), 12);
    Path empty = folder.resolve("bin");
    variables.put("LOCKSTEP_CUBLAS", empty.toString());
    assertThat(search().candidates()).isEmpty();
    assertThat(search().unavailable().reason().sentence())
        .isEqualTo(
            "no cuBLAS (libcublas.so.12 or libcublas.so.13 not found in the folder LOCKSTEP_CUBLAS="
                + empty
                + ")");
    variables.put("LOCKSTEP_CUBLAS", "");
    assertThat(search().candidates()).hasSize(1);
  }

  @Test
  void takeAFileOfAnyNameThatIsNamed() throws Exception {
    Path file = FakeLibraries.cublas(folder.resolve("a: b"), 12);
    Path mine = Files.copy(file, file.resolveSibling("mine.so"));
    variables.put("LOCKSTEP_CUBLAS", mine.toString());
    assertThat(search().chosen()).map(CublasCandidate::file).contains(mine);
  }

  @Test
  void sayWhatPythonDoes() {
    python("exit 3");
    assertThat(search().unavailable().reason().sentence())
        .contains("the nvidia packages of " + folder + "/bin/python3, which ended with status 3)");
  }

  @Test
  void haveNoPatienceWithCommands() {
    Path hung = FakeLibraries.script(folder.resolve("hung"), "/bin/sleep 600 & wait");
    assertThat(Command.ask(List.of(hung.toString()), Duration.ofSeconds(1)))
        .isEqualTo(new Command.Answer.None("did not answer within 1 s"));
  }
}
