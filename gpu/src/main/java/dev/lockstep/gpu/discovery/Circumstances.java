package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.machine.NvidiaFiles;
import dev.lockstep.machine.NvidiaFiles.DeviceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The circumstances in which the driver gave an answer, by which {@link CudaTrouble} tells one
 * cause of an answer from another.
 *
 * @param environment the variables of the process
 * @param files what files say about the driver
 * @param library the driver's library; empty if it was not loaded
 * @param hardware whether that library is the project's emulated device
 * @param computeMode who may use the device, as {@code CUcomputemode}; 0 is everybody
 */
record Circumstances(
    Environment environment,
    NvidiaFiles files,
    Optional<Path> library,
    Hardware hardware,
    int computeMode) {

  static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

  /** What CUDA understands: numbers, or names of devices or of their parts. */
  private static final Pattern VISIBLE_FORM =
      Pattern.compile("\\s*(\\d+|GPU-[0-9a-fA-F-]+|MIG-[0-9a-zA-Z/-]+)\\s*(,.*)?");

  private static final Pattern LIBRARY_RELEASE =
      Pattern.compile("libcuda\\.so\\.(\\d{3,4}\\.\\d+(?:\\.\\d+)?)");

  private static final int EXCLUSIVE = 3;
  private static final int PROHIBITED = 2;

  boolean isEmulated() {
    return hardware == Hardware.EMULATED;
  }

  boolean isWsl() {
    return files.isWsl()
        || files.hasDevice("dxg")
        || environment.variable("WSL_DISTRO_NAME").isPresent()
        || environment.variable("WSL_INTEROP").isPresent();
  }

  boolean offersWslLibrary() {
    return Files.exists(files.wslFolder().resolve(DriverProbe.LIBRARY));
  }

  boolean inContainer() {
    return files.inContainer()
        || environment.variable("container").isPresent()
        || environment.variable("KUBERNETES_SERVICE_HOST").isPresent();
  }

  /** The value of CUDA_VISIBLE_DEVICES, even if it is empty; empty if it is not set. */
  Optional<String> visible() {
    return Optional.ofNullable(environment.variables().get(VISIBLE));
  }

  boolean hidesAll() {
    return visible().filter(value -> value.isBlank() || value.strip().startsWith("-1")).isPresent();
  }

  boolean hasOtherForm() {
    return visible().filter(value -> !VISIBLE_FORM.matcher(value).matches()).isPresent();
  }

  /** The release of the driver's library, from the name of its file. */
  Optional<String> libraryRelease() {
    return library
        .map(file -> LIBRARY_RELEASE.matcher(String.valueOf(realPath(file).getFileName())))
        .filter(Matcher::matches)
        .map(name -> name.group(1));
  }

  boolean isCompatibilityLibrary() {
    return library.filter(file -> (file + ":" + realPath(file)).contains("/compat/")).isPresent();
  }

  private static Path realPath(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file;
    }
  }

  /** Whether library and kernel module are of different releases, though they need not be. */
  boolean areOfDifferentReleases() {
    return !isCompatibilityLibrary()
        && libraryRelease().isPresent()
        && files.module().isPresent()
        && !libraryRelease().equals(files.module());
  }

  boolean lacksKernelModule() {
    return files.module().isEmpty() && !isWsl();
  }

  boolean hasOtherDriver() {
    return files.hasModule("nouveau");
  }

  boolean lacksDeviceFiles() {
    return !isWsl() && files.device("nvidiactl") == DeviceFile.MISSING;
  }

  boolean mayNotUseDeviceFiles() {
    return !isWsl()
        && (files.device("nvidiactl") == DeviceFile.FORBIDDEN
            || files.device("nvidia-uvm") == DeviceFile.FORBIDDEN);
  }

  boolean lacksUnifiedMemory() {
    return !isWsl()
        && files.module().isPresent()
        && (files.listsModules() && !files.hasModule("nvidia_uvm")
            || files.device("nvidia-uvm") == DeviceFile.MISSING);
  }

  boolean isExclusive() {
    return computeMode == EXCLUSIVE;
  }

  boolean isProhibited() {
    return computeMode == PROHIBITED;
  }
}
