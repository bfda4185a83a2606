package dev.lockstep.bench.check;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.gpu.discovery.ComputeCapability;
import dev.lockstep.gpu.discovery.CudaDevice;
import dev.lockstep.gpu.discovery.CudaDriver;
import dev.lockstep.gpu.discovery.CudaVersion;
import dev.lockstep.input.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EmulationTest {

  private static final Path FILE = Path.of("/lib/libcuda.so.1");
  private static final CudaVersion VERSION = new CudaVersion(12, 6);

  private static CudaDriver working(Hardware hardware) {
    return new CudaDriver.Working(
        FILE,
        VERSION,
        hardware,
        List.of(
            new CudaDevice(
                0, "Some GPU", new ComputeCapability(9, 0), 80L << 30, Optional.empty())));
  }

  @Test
  void onlyTheEmulatedDeviceWillDo() {
    assertThatCode(() -> Emulation.require(working(Hardware.EMULATED))).doesNotThrowAnyException();
    assertThatThrownBy(() -> Emulation.require(working(Hardware.REAL)))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "--emulate-cuda: driver is /lib/libcuda.so.1, a real one; leave the flag out to check"
                + " on device 0, Some GPU, compute capability 9.0, 80.00 GiB");
    Availability none =
        new Availability.Unavailable(
            new Availability.Reason(Cause.NO_DEVICE, "no device"), "plug one in");
    for (CudaDriver driver :
        List.of(
            new CudaDriver.Absent(none),
            new CudaDriver.Failing(FILE, VERSION, Hardware.REAL, none))) {
      assertThatThrownBy(() -> Emulation.require(driver))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("no device: plug one in");
    }
  }
}
