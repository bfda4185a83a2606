package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.machine.ElfFile;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads the native code behind JCuda's classes, once per process. {@code JCudaDriver} may be used
 * only after {@link #loadDriver}, and {@code JCublas2} only after {@link #loadCublas}.
 */
public final class CudaNatives {

  private static final String REMEDY =
      "point LOCKSTEP_CUBLAS at another cuBLAS, or install this one anew";

  private static boolean driverLoaded;
  private static boolean cublasLoaded;

  private CudaNatives() {}

  /**
   * Loads the native code of {@code JCudaDriver}.
   *
   * @throws UnavailableException if it cannot be loaded
   */
  public static synchronized void loadDriver(CudaMachine machine) {
    if (driverLoaded) {
      return;
    }
    switch (machine.driver()) {
      case CudaDriver.Absent(Availability why) -> throw new UnavailableException(why);
      case CudaDriver.Failing failing -> throw new UnavailableException(failing.why());
      case CudaDriver.Working working -> open(working);
    }
    JniPlacement.load(
        JniLibrary.DRIVER, JniLibrary.DRIVER.bytes(), JniPlacement.parents(machine.environment()));
    driverLoaded = true;
  }

  /** Loads the driver, which JCuda's library needs by its name. */
  private static void open(CudaDriver.Working driver) {
    try {
      NativeLibrary.open(DriverProbe.LIBRARY);
    } catch (LoadException e) {
      throw new UnavailableException(
          Cause.DRIVER_FAILED,
          driver.file() + " was loaded in another process, and here it cannot be: " + e.reason(),
          "start the command again");
    }
  }

  /**
   * Loads the cuBLAS that {@link CudaMachine#cublas} has chosen and the native code of {@code
   * JCublas2}, adapted to cuBLAS 13 if that was chosen.
   *
   * @throws UnavailableException if either cannot be loaded
   */
  public static synchronized void loadCublas(CudaMachine machine) {
    if (cublasLoaded) {
      return;
    }
    loadDriver(machine);
    CublasSearch search = machine.cublas();
    CublasCandidate chosen =
        search.chosen().orElseThrow(() -> new UnavailableException(search.unavailable()));
    try {
      open(chosen.companion(), String.valueOf(chosen.companion().getFileName()));
      open(chosen.file(), CublasCandidate.soname(chosen.major())).require(NeededFunctions.CUBLAS);
    } catch (LoadException e) {
      throw unusable(String.valueOf(e.getMessage()));
    }
    JniPlacement.load(
        JniLibrary.CUBLAS, jniLibraryFor(chosen), JniPlacement.parents(machine.environment()));
    cublasLoaded = true;
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
