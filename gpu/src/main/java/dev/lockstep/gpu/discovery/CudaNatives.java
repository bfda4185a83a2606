package dev.lockstep.gpu.discovery;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loads the native code behind JCuda's classes, once a process. None of those classes may be
 * touched before: {@code JCudaDriver} after {@link #loadDriver}, {@code JCublas2} after {@link
 * #loadCublas}.
 */
public final class CudaNatives {

  private static final String REMEDY =
      "point LOCKSTEP_CUBLAS at another cuBLAS, or install this one anew";

  private static boolean driverLoaded;
  private static @Nullable LoadedCublas loadedCublas;

  private CudaNatives() {}

  /**
   * The cuBLAS in use.
   *
   * @param file where it lies
   * @param version what it says of itself, such as 12.6.4
   */
  public record LoadedCublas(Path file, String version) {}

  /**
   * Loads what {@code JCudaDriver} needs.
   *
   * @throws UnavailableException if it cannot
   */
  public static synchronized void loadDriver(CudaMachine machine) {
    if (driverLoaded) {
      return;
    }
    // Looking has loaded libcuda.so.1, which the library needs by that name.
    if (machine.driver() instanceof CudaDriver.Absent(Availability why)) {
      throw new UnavailableException(why);
    }
    JniPlacement.load(
        JniLibrary.DRIVER, JniLibrary.DRIVER.bytes(), PrivateFolder.parents(machine.environment()));
    driverLoaded = true;
  }

  /**
   * Loads what {@code JCublas2} needs: the cuBLAS that {@link CudaMachine#cublas} has chosen, and
   * JCuda's library, adapted to cuBLAS 13 if it is one.
   *
   * @throws UnavailableException if it cannot
   */
  public static synchronized LoadedCublas loadCublas(CudaMachine machine) {
    if (loadedCublas != null) {
      return loadedCublas;
    }
    loadDriver(machine);
    CublasSearch search = machine.cublas();
    CublasCandidate chosen =
        search.chosen().orElseThrow(() -> new UnavailableException(search.unavailable()));
    String version;
    try {
      open(chosen.companion());
      NativeLibrary library = open(chosen.file());
      library.require(NeededFunctions.CUBLAS);
      version = versionOf(library);
    } catch (LoadException e) {
      throw unusable(String.valueOf(e.getMessage()));
    }
    JniPlacement.load(
        JniLibrary.CUBLAS, jniLibraryFor(chosen), PrivateFolder.parents(machine.environment()));
    loadedCublas = new LoadedCublas(chosen.file(), version);
    return loadedCublas;
  }

  /** Opens a library and makes sure that whoever needs its name gets this very file. */
  private static NativeLibrary open(Path file) throws LoadException {
    NativeLibrary library = NativeLibrary.open(file.toString());
    String name = sonameOf(file);
    Optional<Path> bound = NativeLibrary.loadedFile(name);
    try {
      if (bound.isEmpty() || !Files.isSameFile(bound.get(), file)) {
        throw unusable(
            String.format(
                Locale.ROOT,
                "%s cannot be used: another %s was loaded before, %s",
                file,
                name,
                bound.orElse(null)));
      }
    } catch (IOException e) {
      throw unusable(file + " cannot be used: " + e);
    }
    return library;
  }

  private static String sonameOf(Path file) {
    try {
      ElfFile.Text soname = ElfFile.read(file).soname();
      if (soname == null) {
        throw unusable(file + " has no name by which others need it");
      }
      return soname.value();
    } catch (IOException | ElfFile.FormatException e) {
      throw unusable(file + ": " + e.getMessage());
    }
  }

  private static UnavailableException unusable(String sentence) {
    return new UnavailableException(Cause.NO_CUBLAS, sentence, REMEDY);
  }

  /** Major, minor and patch level: properties 0, 1 and 2. Nothing is started by asking. */
  private static String versionOf(NativeLibrary cublas) throws LoadException {
    List<Integer> parts = new ArrayList<>();
    for (int property = 0; property < 3; property++) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment value = arena.allocate(JAVA_INT);
        int status =
            (int)
                cublas.call(
                    "cublasGetProperty",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS),
                    property,
                    value);
        if (status != 0) {
          throw unusable(cublas.file() + " answers cublasGetProperty with status " + status);
        }
        parts.add(value.get(JAVA_INT, 0));
      }
    }
    return parts.stream().map(String::valueOf).collect(Collectors.joining("."));
  }

  private static byte[] jniLibraryFor(CublasCandidate cublas) {
    byte[] shipped = JniLibrary.CUBLAS.bytes();
    if (cublas.major() == CublasCandidate.NATIVE_MAJOR) {
      return shipped;
    }
    try {
      return NeededRename.apply(
          shipped,
          CublasCandidate.soname(CublasCandidate.NATIVE_MAJOR),
          CublasCandidate.soname(cublas.major()));
    } catch (ElfFile.FormatException e) {
      throw new UnavailableException(
          Cause.NATIVES,
          String.format(
              Locale.ROOT,
              "JCuda's library cannot be adapted to cuBLAS %d: %s %s",
              cublas.major(),
              JniLibrary.CUBLAS.fileName(),
              e.getMessage()),
          "install cuBLAS 12");
    }
  }
}
