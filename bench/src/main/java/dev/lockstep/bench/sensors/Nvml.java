package dev.lockstep.bench.sensors;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Calls to NVIDIA's management library, which comes with the driver, from a {@link NvmlProbe}.
 * Every function returns a status, 0 for success, and writes its result to an address.
 *
 * <p>oshi-core 7.5.0 wraps this library too, but lacks the energy counter, the power limit, the
 * reasons for lowered clocks and ECC, and adds 4.8 MB of jars.
 */
@SuppressWarnings("restricted") // reads what the library points to
final class Nvml {
  static final String LIBRARY = "libnvidia-ml.so.1";

  private static final long LONGEST_TEXT = 256;

  private final NativeLibrary library;
  private final Consumer<String> calling;

  private Nvml(NativeLibrary library, Consumer<String> calling) {
    this.library = library;
    this.calling = calling;
  }

  /**
   * Loads and initialises the library for the lifetime of the process.
   *
   * @param library a path, or a name for the system's loader
   * @param calling told the name of each function before it is called
   */
  static Nvml start(String library, Consumer<String> calling) throws NotReadableException {
    Nvml started;
    try {
      calling.accept("dlopen");
      started = new Nvml(NativeLibrary.open(library), calling);
    } catch (LoadException e) {
      throw e.kind() == LoadException.Kind.NOT_FOUND
          ? new NotReadableException("no NVIDIA management library (" + LIBRARY + ")")
          : new NotReadableException(String.valueOf(e.getMessage()));
    }
    started.call("nvmlInit_v2");
    return started;
  }

  /**
   * Returns the handle of a device.
   *
   * @param busId the device's PCI address, such as {@code 0000:01:00.0}
   */
  MemorySegment device(String busId) throws NotReadableException {
    try (Arena arena = Arena.ofConfined()) {
      return written(arena, ADDRESS, "nvmlDeviceGetHandleByPciBusId_v2", arena.allocateFrom(busId))
          .get(ADDRESS, 0);
    }
  }

  /** Calls a function that writes an unsigned int. */
  long number(String function, Object... arguments) throws NotReadableException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = written(arena, JAVA_INT, function, arguments);
      return Integer.toUnsignedLong(value.get(JAVA_INT, 0));
    }
  }

  /** Calls a function that writes an unsigned long long. */
  long wide(String function, MemorySegment device) throws NotReadableException {
    try (Arena arena = Arena.ofConfined()) {
      return written(arena, JAVA_LONG, function, device).get(JAVA_LONG, 0);
    }
  }

  /** Calls a function that writes two ints, each 0 or 1, and returns the first. */
  boolean firstOfTwo(String function, MemorySegment device) throws NotReadableException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment first = arena.allocate(JAVA_INT);
      var _ = written(arena, JAVA_INT, function, device, first);
      return first.get(JAVA_INT, 0) != 0;
    }
  }

  /**
   * Calls a function with the address of its result as the last argument.
   *
   * @param arguments ints and addresses
   */
  private MemorySegment written(
      Arena arena, MemoryLayout result, String function, Object... arguments)
      throws NotReadableException {
    MemorySegment value = arena.allocate(result);
    call(function, Stream.concat(Stream.of(arguments), Stream.of(value)).toArray());
    return value;
  }

  private void call(String function, Object... arguments) throws NotReadableException {
    calling.accept(function);
    try {
      int status = library.call(function, arguments);
      if (status != 0) {
        MethodHandle describe =
            library.function("nvmlErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        MemorySegment text = (MemorySegment) NativeLibrary.invoke(describe, status);
        throw new NotReadableException(
            function + " answers: " + text.reinterpret(LONGEST_TEXT).getString(0));
      }
    } catch (LoadException noFunction) {
      throw new NotReadableException(String.valueOf(noFunction.getMessage()));
    }
  }
}
