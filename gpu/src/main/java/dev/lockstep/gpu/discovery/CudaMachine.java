package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Available;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.backend.Availability.Unsupported;
import dev.lockstep.backend.UnavailableException;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What of CUDA this machine has, and whether it will do. Looking starts the driver but creates no
 * context on a device, and loads neither cuBLAS nor JCuda; {@link CudaNatives} does.
 */
public final class CudaMachine {

  /** The CUDA version that JCuda's libraries were linked with. */
  public static final CudaVersion OLDEST_DRIVER = new CudaVersion(12, 0);

  /** The oldest generation that the kernels are compiled for, Turing. */
  public static final ComputeCapability OLDEST_DEVICE = new ComputeCapability(7, 5);

  /** The oldest generation with tensor cores for TF32 and bfloat16. */
  public static final ComputeCapability AMPERE = new ComputeCapability(8, 0);

  /** Once a process: nothing of it changes, and starting the driver can take a second. */
  private static final class ThisMachine {
    static final CudaMachine FOUND =
        look(
            Environment.ofThisProcess(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }

  private final Environment environment;
  private final CudaDriver driver;
  private @Nullable CublasSearch cublas;

  private CudaMachine(Environment environment, CudaDriver driver) {
    this.environment = environment;
    this.driver = driver;
  }

  /** The machine this JVM runs on. Never fails; what is missing has a name. */
  public static CudaMachine look() {
    return ThisMachine.FOUND;
  }

  static CudaMachine look(Environment environment, String system, String architecture) {
    return new CudaMachine(
        environment,
        system.equals("Linux") && architecture.equals("amd64")
            ? DriverLibrary.look(environment)
            : new CudaDriver.Absent(
                new Unsupported(
                    new Reason(
                        Cause.PLATFORM,
                        String.format(
                            Locale.ROOT,
                            "the CUDA backends are for Linux on amd64, and this is %s on %s",
                            system,
                            architecture)))));
  }

  /** The driver and its devices. */
  public CudaDriver driver() {
    return driver;
  }

  /** The cuBLAS libraries. The first call searches, which can take a second; it loads nothing. */
  public synchronized CublasSearch cublas() {
    if (cublas == null) {
      cublas = CublasSearch.of(environment, driverVersion());
    }
    return cublas;
  }

  /** What the search depends on. */
  Environment environment() {
    return environment;
  }

  private @Nullable CudaVersion driverVersion() {
    return switch (driver) {
      case CudaDriver.Absent absent -> null;
      case CudaDriver.Failing failing -> failing.version();
      case CudaDriver.Working working -> working.version();
    };
  }

  /**
   * A device that the kernels can run on.
   *
   * @param ordinal its number, from 0
   * @throws UnavailableException if they cannot
   */
  public CudaDevice device(int ordinal) {
    if (kernels(ordinal) instanceof Available && driver instanceof CudaDriver.Working working) {
      return working.devices().get(ordinal);
    }
    throw new UnavailableException(kernels(ordinal));
  }

  /**
   * Whether the kernels can run on a device.
   *
   * @param device its number, from 0
   */
  public Availability kernels(int device) {
    return kernels(device, OLDEST_DEVICE);
  }

  /**
   * Whether kernels that need a generation can run on a device.
   *
   * @param device its number, from 0
   * @param oldest generation
   */
  public Availability kernels(int device, ComputeCapability oldest) {
    CudaVersion version = driverVersion();
    if (version != null && version.major() > 0 && version.compareTo(OLDEST_DRIVER) < 0) {
      return new Unavailable(
          new Reason(
              Cause.DRIVER_TOO_OLD,
              String.format(
                  Locale.ROOT,
                  "the NVIDIA driver is for CUDA %s, and %s or newer is needed",
                  version,
                  OLDEST_DRIVER)),
          "update it to version 525 or newer");
    }
    return switch (driver) {
      case CudaDriver.Absent(Availability why) -> why;
      case CudaDriver.Failing failing -> failing.why();
      case CudaDriver.Working working -> kernels(working, device, oldest);
    };
  }

  private static Availability kernels(
      CudaDriver.Working driver, int ordinal, ComputeCapability oldest) {
    if (ordinal < 0 || ordinal >= driver.devices().size()) {
      return new Unavailable(
          new Reason(
              Cause.NO_DEVICE,
              String.format(
                  Locale.ROOT,
                  "there is no device %d (the driver offers %s)",
                  ordinal,
                  driver.devices().stream()
                      .map(CudaDevice::toString)
                      .collect(Collectors.joining("; ")))),
          "choose one of these");
    }
    CudaDevice device = driver.devices().get(ordinal);
    if (device.capability().compareTo(oldest) < 0) {
      return new Unsupported(
          new Reason(
              Cause.COMPUTE_CAPABILITY,
              String.format(
                  Locale.ROOT,
                  "device %d (%s) has compute capability %s, and %s or newer is needed",
                  ordinal,
                  device.name(),
                  device.capability(),
                  oldest)));
    }
    return new Available(
        driver.label() + device + ", driver for CUDA " + driver.version(), driver.hardware());
  }

  /**
   * Whether cuBLAS can run on a device, together with the kernels.
   *
   * @param device its number, from 0
   * @param oldest generation that the products need
   */
  public Availability products(int device, ComputeCapability oldest) {
    return switch (kernels(device, oldest)) {
      case Available(String detail, Hardware hardware) ->
          cublas()
              .chosen()
              .<Availability>map(
                  chosen ->
                      new Available(
                          String.format(
                              Locale.ROOT,
                              "%s, cuBLAS %s (%s)",
                              detail,
                              chosen.version(),
                              chosen.file()),
                          hardware))
              .orElseGet(() -> cublas().unavailable());
      case Unavailable unavailable -> unavailable;
      case Unsupported unsupported -> unsupported;
    };
  }
}
