package dev.lockstep.bench.check;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.gpu.discovery.CudaDriver;
import dev.lockstep.input.InputException;

/** The flag {@code --emulate-cuda}. */
public final class Emulation {

  /** The flag's name. */
  public static final String FLAG = "--emulate-cuda";

  private Emulation() {}

  /**
   * Requires the emulated driver. The launcher builds the emulated device and makes the loader find
   * it; the library itself reports that it is emulated.
   *
   * @throws InputException if the driver is a real one or does not work
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
      case CudaDriver.Failing failing -> {
        if (failing.hardware() == Hardware.EMULATED) {
          throw new InputException(
              FLAG, "driver", "emulated", "and does not work: " + failing.why());
        }
        throw none(failing.why());
      }
      case CudaDriver.Absent absent -> throw none(absent.why());
    }
  }

  private static InputException none(Availability why) {
    return new InputException(
        FLAG,
        "driver",
        "missing",
        "start `bench/lockstep check --emulate-cuda`, which builds the emulated one: " + why);
  }
}
