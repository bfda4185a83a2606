package dev.lockstep.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.machine.LoadException.Kind;
import dev.lockstep.model.AccentedName;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibraryTest {

  private static final Path COMPILER = Path.of("/usr/bin/gcc");
  private static final int LC_MESSAGES = 5;

  @TempDir Path folder;

  @BeforeEach
  void requireLinuxWithACompiler() {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "the libraries are Linux's");
    assumeTrue(Files.isExecutable(COMPILER), "there is no " + COMPILER + " to make libraries with");
  }

  private Path library(String name, String source, String... arguments) throws Exception {
    Path file = folder.resolve(name);
    List<String> command = new ArrayList<>();
    command.addAll(List.of(COMPILER.toString(), "-shared", "-fPIC", "-o", file.toString()));
    command.addAll(List.of("-Wl,-soname," + name, "-x", "c", "-", "-x", "none"));
    command.addAll(List.of(arguments));
    Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var input = compiler.getOutputStream()) {
      input.write(source.getBytes(UTF_8));
    }
    String said = new String(compiler.getInputStream().readAllBytes(), UTF_8);
    assertThat(compiler.waitFor()).as(said).isZero();
    return file;
  }

  private static LoadException refusal(String name) {
    LoadException e = catchThrowableOfType(LoadException.class, () -> NativeLibrary.open(name));
    assertThat(e).as("%s was opened", name).isNotNull();
    return e;
  }

  @Test
  void callsFunctionsAndTellsTheFile() throws Exception {
    String name = AccentedName.isPossible() ? "lib" + AccentedName.letter() + ".so" : "libx.so";
    Path file = library(name, "int twice(int x) { return 2 * x; }");
    NativeLibrary library = NativeLibrary.open(file.toString());
    assertThat(library.call("twice", 21)).isEqualTo(42);
    assertThat(library.file()).isEqualTo(file);
    assertThat(NativeLibrary.loadedFile(name)).contains(file);
    assertThat(NativeLibrary.loadedFile("libnobody.so")).isEmpty();
  }

  @Test
  void namesTheFunctionThatALibraryLacks() throws Exception {
    Path file = library("libone.so", "int one(void) { return 1; }");
    NativeLibrary library = NativeLibrary.open(file.toString());
    assertThat(library.has("one")).isTrue();
    assertThat(library.has("two")).isFalse();
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> library.require(List.of("one", "two", "three")))
        .withMessage("%s has no function two", file)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.NO_FUNCTION))
        .satisfies(e -> assertThat(e.reason()).isEqualTo("has no function two"));
  }

  @Test
  void tellsAMissingLibraryFromABrokenOne() throws Exception {
    Path missing = folder.resolve("missing.so");
    assertThat(refusal(missing.toString()).kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(refusal(missing.toString())).hasMessage(missing + " is not there");
    assertThat(refusal("libnobody.so.1").kind()).isEqualTo(Kind.NOT_FOUND);

    Path damaged = library("libdamaged.so", "");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[6] = 0; // the version of the format
    Files.write(damaged, bytes);
    assertThat(refusal(damaged.toString()).kind()).isEqualTo(Kind.BROKEN);
    assertThat(refusal(damaged.toString()))
        .hasMessageStartingWith(damaged + " cannot be loaded (the loader says: ");
  }

  @Test
  void aLibraryThatNeedsOneThatIsMissing() throws Exception {
    Path needed = library("libneeded.so", "");
    Path file = library("libuser.so", "", "-Xlinker", "--no-as-needed", needed.toString());
    Files.delete(needed);
    assertThat(refusal(file.toString()).kind()).isEqualTo(Kind.NEEDED);
    assertThat(refusal(file.toString()))
        .hasMessage("%s cannot be loaded (it needs libneeded.so, which is not there)", file);
  }

  /** A library beside it that the file's own search path leads to is followed. */
  @Test
  void theReasonIsThatOfTheLibraryThatIsNeeded() throws Exception {
    Path deep = library("libdeep.so", "");
    Path needed = library("libnext.so", "", "-Xlinker", "--no-as-needed", deep.toString());
    Path file =
        library(
            "libuser.so",
            "",
            "-Xlinker",
            "--no-as-needed",
            needed.toString(),
            "-Wl,-rpath,$ORIGIN");
    Files.delete(deep);
    assertThat(refusal(file.toString()))
        .hasMessage(
            "%s cannot be loaded (it needs %s, which needs libdeep.so, which is not there)",
            file, needed);
  }

  @Test
  void whatIsNoLibrary() throws Exception {
    Path text = Files.writeString(folder.resolve("libtext.so"), "not a library");
    assertThat(refusal(text.toString()).kind()).isEqualTo(Kind.BROKEN);
    assertThat(refusal(text.toString()))
        .hasMessage(text + " cannot be loaded (it is not a shared library (no ELF header))");
    assertThat(refusal(folder.toString()).reason()).isEqualTo("it is not a regular file");
    Path cut = library("libcut.so", "int one(void) { return 1; }");
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(refusal(cut.toString()).reason()).startsWith("it is cut off (");
  }

  @Test
  void aPlaceWhereFilesMayNotBeExecuted() throws Exception {
    Path place = noexecFolder();
    Path made = library("libnoexec.so", "int one(void) { return 1; }");
    Path file = Files.copy(made, place.resolve("libnoexec-" + ProcessHandle.current().pid()));
    try {
      LoadException refusal = refusal(file.toString());
      assertThat(refusal.kind()).isEqualTo(Kind.NOT_EXECUTABLE);
      assertThat(refusal.reason()).contains("may not be executed");
    } finally {
      Files.delete(file);
    }
  }

  private static Path noexecFolder() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
      String[] fields = line.split(" ");
      Path place = Path.of(fields[1]);
      if (List.of(fields[3].split(",")).contains("noexec")
          && List.of("tmpfs", "shm").contains(fields[2])
          && Files.isWritable(place)) {
        return place;
      }
    }
    assumeTrue(false, "this machine has no noexec mount that can be written");
    throw new AssertionError();
  }

  /** The reason and its kind are found by trying and do not depend on what the loader speaks. */
  @Test
  void nothingDependsOnTheLanguageOfTheLoader() throws Exception {
    MethodHandle setLocale =
        NativeLibrary.ofC("setlocale", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
    Path text = Files.writeString(folder.resolve("libtext.so"), "not a library");
    String before = refusal(text.toString()).reason();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment usual =
          arena.allocateFrom(
              text(
                  (MemorySegment)
                      NativeLibrary.invoke(setLocale, LC_MESSAGES, MemorySegment.NULL)));
      for (String language : List.of("de_DE.UTF-8", "tr_TR.UTF-8", "C")) {
        NativeLibrary.invoke(setLocale, LC_MESSAGES, arena.allocateFrom(language));
        assertThat(refusal("libnobody.so.2").kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(refusal(text.toString()).reason()).isEqualTo(before);
      }
      NativeLibrary.invoke(setLocale, LC_MESSAGES, usual);
    }
  }

  private static String text(MemorySegment address) {
    return address.reinterpret(Integer.MAX_VALUE).getString(0);
  }

  @Test
  void arithmeticIsTheSameAfterALibraryThatFlushesSubnormalNumbers() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "the library is for x86-64");
    Path file =
        library(
            "libfast.so",
            """
            __attribute__((constructor)) static void flush(void) {
              unsigned state;
              __asm__ volatile("stmxcsr %0" : "=m"(state));
              state |= 0x8040;
              __asm__ volatile("ldmxcsr %0" : : "m"(state));
            }
            """);
    NativeLibrary.open(file.toString());
    // A comparison of floats would take a subnormal number for zero, too.
    assertThat(Float.floatToRawIntBits(half(Float.MIN_NORMAL))).isEqualTo(1 << 22);
  }

  private static float half(float x) {
    return x * 0.5f;
  }
}
