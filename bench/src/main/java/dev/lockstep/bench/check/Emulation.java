package dev.lockstep.bench.check;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.gpu.discovery.CudaDriver;
import dev.lockstep.input.InputException;

/** What {@code --emulate-cuda} asks for. */
public final class Emulation {

  /** The flag. */
  public static final String FLAG = "--emulate-cuda";

  private Emulation() {}

  /**
   * Refuses any driver but the emulated one. The flag only asks: the launcher builds the device and
   * leads the loader to it, and the library itself says what it is.
   *
   * @throws InputException if the driver is a real one, or none that works
   */
  public static void require(CudaDriver driver) {
    switch (driver) {
      case CudaDriver.Working working -> {
        if (working.hardware() != Hardware.EMULATED) {
          throw new InputException(
              FLAG,
              "driver",
              working.file(),
              "a real one; leave the flag out to check on " + working.devices().getFirst());
        }
      }
      case CudaDriver.Failing failing -> throw none(failing.why());
      case CudaDriver.Absent absent -> throw none(absent.why());
    }
  }

  private static InputException none(Availability why) {
    return new InputException(
        FLAG,
        "driver",
        "missing",
        "start `bench/lockstep check --emulate-cuda`, which builds the emulated one (" + why + ")");
  }
}
