package dev.lockstep.gpu.discovery;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.lockstep.machine.LoadException;
import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Where devices sit. NVIDIA's management library counts them in another order than CUDA, and also
 * those that CUDA was told not to see, but knows them by their place, too.
 */
public final class PciBus {
  private static final int TEXT_BYTES = 32;

  private PciBus() {}

  /** The place of a device, such as {@code 0000:01:00.0}; empty if the driver does not say. */
  public static Optional<String> of(CudaDevice device) {
    try (Arena arena = Arena.ofConfined()) {
      NativeLibrary driver = NativeLibrary.open(DriverLibrary.NAME);
      MemorySegment handle = arena.allocate(JAVA_INT);
      MemorySegment text = arena.allocate(TEXT_BYTES);
      int started = (int) driver.call("cuInit", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 0);
      int found =
          (int)
              driver.call(
                  "cuDeviceGet",
                  FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                  handle,
                  device.ordinal());
      int said =
          (int)
              driver.call(
                  "cuDeviceGetPCIBusId",
                  FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                  text,
                  TEXT_BYTES,
                  handle.get(JAVA_INT, 0));
      return started == 0 && found == 0 && said == 0
          ? Optional.of(text.getString(0))
          : Optional.empty();
    } catch (LoadException notSaid) {
      return Optional.empty();
    }
  }
}
