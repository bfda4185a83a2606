package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Available;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.backend.Availability.Unsupported;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.machine.LoadException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The CUDA driver, devices and cuBLAS libraries of a machine, and whether they meet the needs of a
 * backend. Looking starts the driver in a process of its own, which it may crash or hold up. It
 * loads neither the driver nor cuBLAS nor JCuda into this process; {@link CudaNatives} does.
 */
public final class CudaMachine {

  /** The CUDA version that JCuda's libraries were linked with. */
  public static final CudaVersion OLDEST_DRIVER = new CudaVersion(12, 0);

  /** The oldest generation that the kernels are compiled for, Turing. */
  public static final ComputeCapability OLDEST_DEVICE = new ComputeCapability(7, 5);

  /** The oldest generation with tensor cores for TF32 and bfloat16. */
  public static final ComputeCapability AMPERE = new ComputeCapability(8, 0);

  /** Looked at once per process: nothing changes, and starting the driver can take a second. */
  private static final class ThisMachine {
    static final CudaMachine FOUND =
        look(
            Environment.ofThisProcess(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }

  private final Environment environment;
  private final List<String> lines;
  private final DriverTranscript report;
  private final CudaDriver driver;
  private final @Nullable CudaDiagnosis diagnosis;
  private final Map<Integer, Optional<CudaDiagnosis>> openings = new ConcurrentHashMap<>();
  private @Nullable CublasSearch cublas;

  private CudaMachine(Environment environment, List<String> lines) {
    this.environment = environment;
    this.lines = List.copyOf(lines);
    report = DriverSearch.transcript(lines);
    diagnosis = CudaDiagnosis.of(report, environment).orElse(null);
    driver = driver(report, diagnosis);
  }

  private static CudaDriver driver(DriverTranscript report, @Nullable CudaDiagnosis diagnosis) {
    Path file = report.file();
    if (diagnosis == null && file != null) {
      return new CudaDriver.Working(file, report.version(), report.hardware(), report.devices());
    }
    Unavailable why = Objects.requireNonNull(diagnosis).unavailable();
    return file == null || report.end() instanceof DriverTranscript.End.Refused
        ? new CudaDriver.Absent(why)
        : new CudaDriver.Failing(file, report.version(), report.hardware(), why);
  }

  private CudaMachine(Environment environment, Availability unsupported) {
    this.environment = environment;
    lines =
        List.of(
            DriverTranscript.line(
                DriverTranscript.Key.REFUSED, LoadException.Kind.NOT_FOUND, "other platform"),
            DriverTranscript.line(DriverTranscript.Key.END));
    report = DriverSearch.transcript(lines);
    diagnosis = null;
    driver = new CudaDriver.Absent(unsupported);
  }

  /** Looks at the machine this JVM runs on. It never fails; it records what is missing. */
  public static CudaMachine look() {
    return ThisMachine.FOUND;
  }

  static CudaMachine look(Environment environment, String system, String architecture) {
    return system.equals("Linux") && architecture.equals("amd64")
        ? new CudaMachine(environment, DriverSearch.lines(environment))
        : new CudaMachine(
            environment,
            new Unsupported(
                new Reason(
                    Cause.PLATFORM,
                    "the CUDA backends are for Linux on amd64, and this is "
                        + system
                        + " on "
                        + architecture)));
  }

  /**
   * An option for a JVM that this one starts, which tells it what the driver has answered, so that
   * it does not ask again.
   */
  public static String option() {
    return "-D" + DriverSearch.PROPERTY + "=" + DriverSearch.property(look().lines);
  }

  /** What keeps the driver from working; empty if it works, or if the platform is another. */
  public Optional<CudaDiagnosis> diagnosis() {
    return Optional.ofNullable(diagnosis);
  }

  /**
   * Has a process of its own make a context on a device and compile the kernels for it. The first
   * call for a device takes seconds.
   *
   * @param ordinal the number of a device of a working driver
   * @return what keeps the device from being used; empty if it can be
   */
  public Optional<CudaDiagnosis> opening(int ordinal) {
    CudaDevice device = report.devices().get(ordinal);
    return openings.computeIfAbsent(
        ordinal,
        number ->
            CudaDiagnosis.ofOpening(
                DriverSearch.transcript(DriverProcess.open(environment.variables(), number)),
                environment,
                device));
  }

  /**
   * Explains why a device gives no context, or takes no kernels. A process of its own tries the
   * same, to learn what only a failed attempt tells.
   *
   * @param ordinal the device's number
   * @param step which of the two
   * @param status the driver's answer to this process
   * @return the reason; empty if the answer tells of a fault of this program
   */
  public Optional<CudaDiagnosis> refusal(int ordinal, CudaStep step, int status) {
    if (status == 0 || CudaStatus.isOfProgram(status)) {
      return Optional.empty();
    }
    return opening(ordinal)
        .or(
            () ->
                Optional.of(
                    CudaDiagnosis.of(
                        step, status, "", report, environment, report.devices().get(ordinal))));
  }

  /** What is not wrong, but good to know of the driver and its devices: a sentence each. */
  public List<String> notes() {
    if (!(driver instanceof CudaDriver.Working working)) {
      return List.of();
    }
    Circumstances seen =
        new Circumstances(
            environment, environment.nvidia(), Optional.of(working.file()), report.hardware(), 0);
    List<String> notes = new ArrayList<>();
    if (seen.isCompatibilityLibrary()) {
      notes.add("the driver's library is that of a compat folder");
    }
    if (seen.areOfDifferentReleases()) {
      notes.add(
          "the driver's library is of release "
              + seen.libraryRelease().orElseThrow()
              + ", the kernel module of release "
              + seen.files().module().orElseThrow());
    }
    seen.visible()
        .ifPresent(
            value ->
                notes.add(
                    Circumstances.VISIBLE + "=" + value + " chooses and numbers the devices"));
    if (seen.isWsl()) {
      notes.add("this is WSL: Windows shares the device, and times include its work");
    }
    working.devices().stream()
        .filter(CudaDevice::isPart)
        .forEach(
            device ->
                notes.add(
                    "device "
                        + device.ordinal()
                        + " is a part of a divided device (MIG): its sensors are those of the whole"
                        + " card"));
    return notes;
  }

  /** Whether the CUDA backends can be emulated here, and what that takes. */
  public String emulation() {
    String compiler = environment.variable("CXX").orElse("g++");
    return environment
        .command(compiler)
        .map(file -> "`check --emulate-cuda` can run (" + file + ")")
        .orElse("`check --emulate-cuda` needs " + compiler + ", unless it comes with the bundle");
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

  /** What the search for cuBLAS depends on. */
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
   * The device of that number, if the kernels can run on it.
   *
   * @param ordinal the device's number, from 0
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
   * @param device the device's number, from 0
   */
  public Availability kernels(int device) {
    return kernels(device, OLDEST_DEVICE);
  }

  /**
   * Whether kernels that need a certain generation can run on a device.
   *
   * @param device the device's number, from 0
   * @param oldest the oldest generation that will do
   */
  public Availability kernels(int device, ComputeCapability oldest) {
    CudaVersion version = driverVersion();
    if (version != null && version.major() > 0 && version.compareTo(OLDEST_DRIVER) < 0) {
      return new Unavailable(
          Cause.DRIVER_TOO_OLD,
          "the NVIDIA driver is for CUDA "
              + version
              + ", and "
              + OLDEST_DRIVER
              + " or newer is needed",
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
          Cause.NO_DEVICE,
          String.format(
              Locale.ROOT,
              "there is no device %d (the driver offers %s)",
              ordinal,
              driver.devices().stream()
                  .map(CudaDevice::toString)
                  .collect(Collectors.joining("; "))),
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
   * Whether cuBLAS and the kernels can run on a device.
   *
   * @param device the device's number, from 0
   * @param oldest the oldest generation that can compute the products
   */
  public Availability products(int device, ComputeCapability oldest) {
    return switch (kernels(device, oldest)) {
      case Available(String detail, Hardware hardware) ->
          cublas()
              .chosen()
              .<Availability>map(
                  chosen ->
                      new Available(
                          detail + ", cuBLAS " + chosen.version() + " (" + chosen.file() + ")",
                          hardware))
              .orElseGet(() -> cublas().unavailable());
      case Unavailable unavailable -> unavailable;
      case Unsupported unsupported -> unsupported;
    };
  }
}
