package dev.lockstep.bench.sensors;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls of NVIDIA's management library that are needed. It comes with the driver. Every
 * function returns a status, 0 for success, and writes its result to an address.
 *
 * <p>Called directly: oshi-core 7.5.0, which wraps this library too, has neither the energy counter
 * nor power limit, reasons for slow clocks or ECC, and brings 4.8 MB of jars.
 */
@SuppressWarnings("restricted") // reads what the library points to
final class Nvml {
  static final String LIBRARY = "libnvidia-ml.so.1";

  private static final long LONGEST_TEXT = 256;

  private final NativeLibrary library;

  private Nvml(NativeLibrary library) {
    this.library = library;
  }

  /**
   * Loads and starts it, for as long as the process lives.
   *
   * @param library a path, or a name that the system's loader finds
   */
  static Nvml start(String library) throws NotReadableException {
    Nvml started;
    try {
      started = new Nvml(NativeLibrary.open(library));
    } catch (LoadException e) {
      throw e.kind() == LoadException.Kind.NOT_FOUND
          ? new NotReadableException("no NVIDIA management library (" + LIBRARY + ")")
          : new NotReadableException(String.valueOf(e.getMessage()));
    }
    started.call("nvmlInit_v2");
    return started;
  }

  /**
   * A device.
   *
   * @param busId its place, such as {@code 0000:01:00.0}
   */
  MemorySegment device(String busId) throws NotReadableException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment handle = arena.allocate(ADDRESS);
      call("nvmlDeviceGetHandleByPciBusId_v2", arena.allocateFrom(busId), handle);
      return handle.get(ADDRESS, 0);
    }
  }

  /** An unsigned int. */
  long number(String function, MemorySegment device) throws NotReadableException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      call(function, device, value);
      return Integer.toUnsignedLong(value.get(JAVA_INT, 0));
    }
  }

  /** An unsigned int of one kind. */
  long number(String function, MemorySegment device, int kind) throws NotReadableException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      call(function, device, kind, value);
      return Integer.toUnsignedLong(value.get(JAVA_INT, 0));
    }
  }

  /** An unsigned long long. */
  long wide(String function, MemorySegment device) throws NotReadableException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_LONG);
      call(function, device, value);
      return value.get(JAVA_LONG, 0);
    }
  }

  /** The first of two ints, each 0 or 1. */
  boolean firstOfTwo(String function, MemorySegment device) throws NotReadableException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment first = arena.allocate(JAVA_INT);
      MemorySegment second = arena.allocate(JAVA_INT);
      call(function, device, first, second);
      return first.get(JAVA_INT, 0) != 0;
    }
  }

  private void call(String function, Object... arguments) throws NotReadableException {
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
