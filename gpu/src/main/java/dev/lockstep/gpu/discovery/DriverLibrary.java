package dev.lockstep.gpu.discovery;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.backend.Availability.Unavailable;
import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Asks the NVIDIA driver for its version and its devices, and checks that it has the functions that
 * JCuda calls. It creates no context. The constants are those of {@code cuda.h}; JCuda's own may
 * not be read before its native code is loaded.
 */
final class DriverLibrary {

  private static final String NAME = "libcuda.so.1";

  /** A function that the emulated device of this project has and NVIDIA's driver lacks. */
  private static final String EMULATED_ONLY = "emulated_report";

  private static final int SUCCESS = 0;
  private static final int ERROR_STUB_LIBRARY = 34;
  private static final int ERROR_NO_DEVICE = 100;
  private static final int ATTRIBUTE_CAPABILITY_MAJOR = 75;
  private static final int ATTRIBUTE_CAPABILITY_MINOR = 76;
  private static final int TEXT_BYTES = 256;

  private final NativeLibrary library;
  private final Arena arena;

  private DriverLibrary(NativeLibrary library, Arena arena) {
    this.library = library;
    this.arena = arena;
  }

  /** Starts the driver, if there is one, and asks it for its devices. */
  static CudaDriver look(Environment environment) {
    try (Arena arena = Arena.ofConfined()) {
      return new DriverLibrary(NativeLibrary.open(NAME), arena)
          .look(environment.variable("CUDA_VISIBLE_DEVICES").orElse(""));
    } catch (LoadException e) {
      return new CudaDriver.Absent(notLoaded(e));
    }
  }

  private static Unavailable notLoaded(LoadException e) {
    return switch (e.kind()) {
      case NOT_FOUND ->
          new Unavailable(
              Cause.NO_DRIVER, "no NVIDIA driver (" + NAME + " not found)", "install one");
      case FORBIDDEN ->
          new Unavailable(
              Cause.NATIVES, e.reason(), "start it with --enable-native-access=ALL-UNNAMED");
      case BROKEN, NO_FUNCTION ->
          new Unavailable(
              Cause.NO_DRIVER,
              "no NVIDIA driver that can be loaded (" + e.reason() + ")",
              "reinstall the NVIDIA driver");
    };
  }

  private CudaDriver look(String visibleDevices) {
    CudaVersion version = new CudaVersion(0, 0);
    try {
      version = CudaVersion.ofNumber(number("cuDriverGetVersion"));
      int status = library.call("cuInit", 0);
      if (status != SUCCESS) {
        return failing(version, notStarted(status, version, visibleDevices));
      }
      List<CudaDevice> devices = new ArrayList<>();
      int count = number("cuDeviceGetCount");
      for (int ordinal = 0; ordinal < count; ordinal++) {
        devices.add(device(ordinal));
      }
      library.require(NeededFunctions.DRIVER);
      return devices.isEmpty()
          ? failing(version, noDevice(version, visibleDevices))
          : new CudaDriver.Working(
              library.file(),
              version,
              library.has(EMULATED_ONLY) ? Hardware.EMULATED : Hardware.REAL,
              devices);
    } catch (LoadException e) {
      return failing(version, failed(e.reason()));
    } catch (CallFailedException e) {
      return failing(version, failed(String.valueOf(e.getMessage())));
    }
  }

  private CudaDriver failing(CudaVersion version, Unavailable why) {
    return new CudaDriver.Failing(library.file(), version, why);
  }

  private Unavailable notStarted(int status, CudaVersion version, String visibleDevices) {
    return switch (status) {
      case ERROR_NO_DEVICE -> noDevice(version, visibleDevices);
      case ERROR_STUB_LIBRARY ->
          new Unavailable(
              Cause.NO_DRIVER,
              "no NVIDIA driver (" + library.file() + " is the toolkit's stub)",
              "remove the folder of stubs from LD_LIBRARY_PATH, or install a driver");
      default -> failed("answers cuInit with error " + status);
    };
  }

  private Unavailable noDevice(CudaVersion version, String visibleDevices) {
    String driver = "the NVIDIA driver for CUDA " + version + " (" + library.file() + ")";
    return visibleDevices.isEmpty()
        ? new Unavailable(
            Cause.NO_DEVICE, driver + " offers no device", "check that nvidia-smi lists one")
        : new Unavailable(
            Cause.NO_DEVICE,
            driver + " offers no device with CUDA_VISIBLE_DEVICES=" + visibleDevices,
            "check that nvidia-smi lists one, and unset CUDA_VISIBLE_DEVICES");
  }

  private Unavailable failed(String predicate) {
    return new Unavailable(
        Cause.DRIVER_FAILED,
        "the NVIDIA driver (" + library.file() + ") " + predicate,
        "check that nvidia-smi works; after an update of the driver, reboot");
  }

  private CudaDevice device(int ordinal) throws LoadException, CallFailedException {
    int handle = number("cuDeviceGet", ordinal);
    MemorySegment name = arena.allocate(TEXT_BYTES);
    ask("cuDeviceGetName", name, TEXT_BYTES, handle);
    MemorySegment memory = arena.allocate(JAVA_LONG);
    ask("cuDeviceTotalMem_v2", memory, handle);
    return new CudaDevice(
        ordinal,
        name.getString(0),
        new ComputeCapability(
            number("cuDeviceGetAttribute", ATTRIBUTE_CAPABILITY_MAJOR, handle),
            number("cuDeviceGetAttribute", ATTRIBUTE_CAPABILITY_MINOR, handle)),
        memory.get(JAVA_LONG, 0),
        pciBus(handle));
  }

  private Optional<String> pciBus(int handle) throws LoadException {
    MemorySegment text = arena.allocate(TEXT_BYTES);
    return library.has("cuDeviceGetPCIBusId")
            && library.call("cuDeviceGetPCIBusId", text, TEXT_BYTES, handle) == SUCCESS
        ? Optional.of(text.getString(0))
        : Optional.empty();
  }

  /** The int that a function writes to the address in its first argument. */
  private int number(String function, Integer... others) throws LoadException, CallFailedException {
    MemorySegment value = arena.allocate(JAVA_INT);
    ask(function, Stream.concat(Stream.of(value), Stream.of(others)).toArray());
    return value.get(JAVA_INT, 0);
  }

  private void ask(String function, Object... arguments) throws LoadException, CallFailedException {
    int status = library.call(function, arguments);
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
