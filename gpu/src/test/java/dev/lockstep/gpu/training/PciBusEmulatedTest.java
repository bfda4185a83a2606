package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.discovery.ComputeCapability;
import dev.lockstep.gpu.discovery.CudaDevice;
import dev.lockstep.gpu.discovery.PciBus;
import dev.lockstep.gpu.emulated.FreshDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FreshDevice.class)
final class PciBusEmulatedTest {

  private static CudaDevice device(int ordinal) {
    return new CudaDevice(ordinal, "any", new ComputeCapability(9, 0), 1);
  }

  @Test
  void theDriverSaysWhereADeviceSits() {
    assertThat(PciBus.of(device(0))).contains("0000:01:00.0");
  }

  @Test
  void ofADeviceThatIsNotThereItSaysNothing() {
    assertThat(PciBus.of(device(1))).isEmpty();
  }
}
