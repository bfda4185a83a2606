package dev.lockstep.gpu.discovery;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The few calls by which the driver says what it is, and whether it has what JCuda needs. No
 * context is created. Numbers are those of {@code cuda.h}, which no class of JCuda may be asked for
 * before its native code is in place.
 */
final class DriverLibrary {

  static final String NAME = "libcuda.so.1";

  /** A function that the emulated device of this project has and no driver of NVIDIA's. */
  private static final String EMULATED_ONLY = "emulated_report";

  private static final int SUCCESS = 0;
  private static final int ERROR_STUB_LIBRARY = 34;
  private static final int ERROR_NO_DEVICE = 100;
  private static final int ATTRIBUTE_CAPABILITY_MAJOR = 75;
  private static final int ATTRIBUTE_CAPABILITY_MINOR = 76;
  private static final int NAME_BYTES = 256;

  private final NativeLibrary library;

  private DriverLibrary(NativeLibrary library) {
    this.library = library;
  }

  /** Starts the driver, if there is one, and asks it for its devices. */
  static CudaDriver look(Environment environment) {
    NativeLibrary library;
    try {
      library = NativeLibrary.open(NAME);
    } catch (LoadException e) {
      return new CudaDriver.Absent(notLoaded(e));
    }
    return new DriverLibrary(library).look(environment.variable("CUDA_VISIBLE_DEVICES").orElse(""));
  }

  private static Unavailable notLoaded(LoadException e) {
    return switch (e.kind()) {
      case NOT_FOUND ->
          new Unavailable(
              new Reason(Cause.NO_DRIVER, "no NVIDIA driver (" + NAME + " not found)"),
              "install one");
      case FORBIDDEN ->
          new Unavailable(
              new Reason(Cause.NATIVES, e.reason()),
              "start it with --enable-native-access=ALL-UNNAMED");
      case BROKEN, NO_FUNCTION ->
          new Unavailable(
              new Reason(
                  Cause.NO_DRIVER, "no NVIDIA driver that can be loaded (" + e.reason() + ")"),
              "reinstall the NVIDIA driver");
    };
  }

  private CudaDriver look(String visibleDevices) {
    CudaVersion version = new CudaVersion(0, 0);
    try (Arena arena = Arena.ofConfined()) {
      version = CudaVersion.ofNumber(version(arena));
      int status = (int) library.call("cuInit", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 0);
      if (status != SUCCESS) {
        return failing(version, notStarted(status, version, visibleDevices));
      }
      List<CudaDevice> devices = devices(arena);
      library.require(NeededFunctions.DRIVER);
      return devices.isEmpty()
          ? failing(version, noDevice(version, visibleDevices))
          : new CudaDriver.Working(library.file(), version, hardware(), devices);
    } catch (LoadException e) {
      return failing(version, failed(e.reason()));
    } catch (CallFailedException e) {
      return failing(version, failed(String.valueOf(e.getMessage())));
    }
  }

  /** Only the library itself can say: wherever it lies, whoever led the loader to it. */
  private Hardware hardware() {
    return library.has(EMULATED_ONLY) ? Hardware.EMULATED : Hardware.REAL;
  }

  private CudaDriver failing(CudaVersion version, Unavailable why) {
    return new CudaDriver.Failing(library.file(), version, why);
  }

  private Unavailable notStarted(int status, CudaVersion version, String visibleDevices) {
    return switch (status) {
      case ERROR_NO_DEVICE -> noDevice(version, visibleDevices);
      case ERROR_STUB_LIBRARY ->
          new Unavailable(
              new Reason(
                  Cause.NO_DRIVER,
                  String.format(
                      Locale.ROOT, "no NVIDIA driver (%s is the toolkit's stub)", library.file())),
              "remove the folder of stubs from LD_LIBRARY_PATH, or install a driver");
      default -> failed("answers cuInit with error " + status);
    };
  }

  private Unavailable noDevice(CudaVersion version, String visibleDevices) {
    return new Unavailable(
        new Reason(
            Cause.NO_DEVICE,
            String.format(
                Locale.ROOT,
                "the NVIDIA driver for CUDA %s (%s) offers no device%s",
                version,
                library.file(),
                visibleDevices.isEmpty() ? "" : " with CUDA_VISIBLE_DEVICES=" + visibleDevices)),
        visibleDevices.isEmpty()
            ? "check that nvidia-smi lists one"
            : "check that nvidia-smi lists one, and unset CUDA_VISIBLE_DEVICES");
  }

  private Unavailable failed(String predicate) {
    return new Unavailable(
        new Reason(Cause.DRIVER_FAILED, "the NVIDIA driver (" + library.file() + ") " + predicate),
        "check that nvidia-smi works; after an update of the driver, reboot");
  }

  private int version(Arena arena) throws LoadException, CallFailedException {
    MemorySegment number = arena.allocate(JAVA_INT);
    ask("cuDriverGetVersion", FunctionDescriptor.of(JAVA_INT, ADDRESS), number);
    return number.get(JAVA_INT, 0);
  }

  private List<CudaDevice> devices(Arena arena) throws LoadException, CallFailedException {
    MemorySegment count = arena.allocate(JAVA_INT);
    ask("cuDeviceGetCount", FunctionDescriptor.of(JAVA_INT, ADDRESS), count);
    List<CudaDevice> devices = new ArrayList<>();
    for (int ordinal = 0; ordinal < count.get(JAVA_INT, 0); ordinal++) {
      MemorySegment device = arena.allocate(JAVA_INT);
      MemorySegment name = arena.allocate(NAME_BYTES);
      MemorySegment memory = arena.allocate(JAVA_LONG);
      ask("cuDeviceGet", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), device, ordinal);
      int handle = device.get(JAVA_INT, 0);
      ask(
          "cuDeviceGetName",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          name,
          NAME_BYTES,
          handle);
      ask(
          "cuDeviceTotalMem_v2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          memory,
          handle);
      devices.add(
          new CudaDevice(
              ordinal,
              name.getString(0),
              new ComputeCapability(
                  attribute(arena, ATTRIBUTE_CAPABILITY_MAJOR, handle),
                  attribute(arena, ATTRIBUTE_CAPABILITY_MINOR, handle)),
              memory.get(JAVA_LONG, 0)));
    }
    return devices;
  }

  private int attribute(Arena arena, int attribute, int device)
      throws LoadException, CallFailedException {
    MemorySegment value = arena.allocate(JAVA_INT);
    ask(
        "cuDeviceGetAttribute",
        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
        value,
        attribute,
        device);
    return value.get(JAVA_INT, 0);
  }

  private void ask(String function, FunctionDescriptor type, Object... arguments)
      throws LoadException, CallFailedException {
    int status = (int) library.call(function, type, arguments);
    if (status != SUCCESS) {
      throw new CallFailedException("answers " + function + " with error " + status);
    }
  }

  private static final class CallFailedException extends Exception {

    private static final long serialVersionUID = 1;

    CallFailedException(String predicate) {
      super(predicate);
    }
  }
}
