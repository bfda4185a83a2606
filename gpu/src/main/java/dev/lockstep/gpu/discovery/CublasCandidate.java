package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.machine.ElfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file that may be cuBLAS.
 *
 * @param file the absolute path, as found
 * @param major the major version, from the library's soname; 0 if the file is not cuBLAS
 * @param version the version as precisely as the file's name tells, such as 12.6.4.1 or 12
 * @param flaw why the file cannot be used; null if it can be
 */
public record CublasCandidate(Path file, int major, String version, @Nullable Reason flaw) {

  private static final Pattern SONAME = Pattern.compile("libcublas\\.so\\.(\\d{1,4})");
  private static final Pattern FULL_NAME = Pattern.compile("libcublas\\.so\\.(\\d+(?:\\.\\d+)+)");

  /** The version that JCuda's library was linked with. */
  static final int NATIVE_MAJOR = 12;

  /** The version that JCuda's library can be adapted to: it is known to have all functions. */
  static final int ADAPTED_MAJOR = 13;

  /** The name by which libraries need a cuBLAS of that version. */
  static String soname(int major) {
    return "libcublas.so." + major;
  }

  /** The library beside cuBLAS that does most of its work. */
  Path companion() {
    return file.resolveSibling("libcublasLt.so." + major);
  }

  /**
   * Inspects a file without loading it.
   *
   * @param driver the CUDA version of the driver; null if there is none
   */
  static CublasCandidate of(Path file, @Nullable CudaVersion driver) {
    String soname;
    try {
      soname = ElfFile.read(file).soname();
    } catch (IOException e) {
      return flawed(file, Files.exists(file) ? "cannot be read" : "points to no file");
    } catch (ElfFile.FormatException e) {
      return flawed(file, e.getMessage());
    }
    if (soname == null) {
      return flawed(file, "is not cuBLAS (it has no name)");
    }
    Matcher name = SONAME.matcher(soname);
    if (!name.matches()) {
      return flawed(file, "is not cuBLAS but " + soname);
    }
    int major = Integer.parseInt(name.group(1));
    CublasCandidate sound = new CublasCandidate(file, major, version(file, name.group(1)), null);
    return new CublasCandidate(file, major, sound.version, sound.findFlaw(driver));
  }

  private @Nullable Reason findFlaw(@Nullable CudaVersion driver) {
    if (major != NATIVE_MAJOR && major != ADAPTED_MAJOR) {
      return new Reason(Cause.CUBLAS_VERSION, file + " is cuBLAS " + version);
    }
    if (driver != null && driver.major() < major) {
      return new Reason(
          Cause.DRIVER_TOO_OLD,
          String.format(
              Locale.ROOT,
              "%s is cuBLAS %s, which needs a driver for CUDA %d.0 or newer, and this driver is for"
                  + " CUDA %s",
              file,
              version,
              major,
              driver));
    }
    try {
      ElfFile.read(companion());
      return null;
    } catch (IOException e) {
      return new Reason(
          Cause.NO_CUBLAS,
          file
              + (Files.exists(companion())
                  ? " stands beside a " + companion().getFileName() + " that cannot be read"
                  : " has no " + companion().getFileName() + " beside it"));
    } catch (ElfFile.FormatException e) {
      return new Reason(Cause.NO_CUBLAS, companion() + " " + e.getMessage());
    }
  }

  private static CublasCandidate flawed(Path file, @Nullable String predicate) {
    return new CublasCandidate(
        file, 0, "unknown", new Reason(Cause.NO_CUBLAS, file + " " + predicate));
  }

  /** The version in the name of the file that a link leads to, or else the major version. */
  private static String version(Path file, String major) {
    try {
      Matcher name = FULL_NAME.matcher(String.valueOf(file.toRealPath().getFileName()));
      return name.matches() ? name.group(1) : major;
    } catch (IOException e) {
      return major;
    }
  }
}
