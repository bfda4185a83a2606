package dev.lockstep.gpu.discovery;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads the native code behind JCuda's classes, once per process. {@code JCudaDriver} may be used
 * only after {@link #loadDriver}, and {@code JCublas2} only after {@link #loadCublas}.
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
   * @param file the library
   * @param version the version that the library reports, such as 12.6.4
   */
  public record LoadedCublas(Path file, String version) {}

  /**
   * Loads the native code of {@code JCudaDriver}.
   *
   * @throws UnavailableException if it cannot be loaded
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
   * Loads the cuBLAS that {@link CudaMachine#cublas} has chosen and the native code of {@code
   * JCublas2}, adapted to cuBLAS 13 if that was chosen.
   *
   * @throws UnavailableException if either cannot be loaded
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
      open(chosen.companion(), String.valueOf(chosen.companion().getFileName()));
      NativeLibrary library = open(chosen.file(), CublasCandidate.soname(chosen.major()));
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
  private static NativeLibrary open(Path file, String name) throws LoadException {
    NativeLibrary library = NativeLibrary.open(file.toString());
    Path bound =
        NativeLibrary.loadedFile(name)
            .orElseThrow(() -> unusable(file + " cannot be used: it is not named " + name));
    try {
      if (!Files.isSameFile(bound, file)) {
        throw unusable(file + " cannot be used: another " + name + " was loaded before, " + bound);
      }
    } catch (IOException e) {
      throw unusable(file + " cannot be used: " + e);
    }
    return library;
  }

  private static UnavailableException unusable(String sentence) {
    return new UnavailableException(Cause.NO_CUBLAS, sentence, REMEDY);
  }

  /** Major, minor and patch level, which are properties 0, 1 and 2. This starts nothing. */
  private static String versionOf(NativeLibrary cublas) throws LoadException {
    List<String> parts = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      for (int property = 0; property < 3; property++) {
        int status = cublas.call("cublasGetProperty", property, value);
        if (status != 0) {
          throw unusable(cublas.file() + " answers cublasGetProperty with status " + status);
        }
        parts.add(String.valueOf(value.get(JAVA_INT, 0)));
      }
    }
    return String.join(".", parts);
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
          "JCuda's library cannot be adapted to cuBLAS "
              + cublas.major()
              + ": "
              + JniLibrary.CUBLAS.fileName()
              + " "
              + e.getMessage(),
          "install cuBLAS 12");
    }
  }
}
