package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.gpu.emulated.FreshDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(FreshDevice.class)
final class PciBusEmulatedTest {

  @Test
  void theDriverSaysWhereADeviceSits() {
    assertThat(CudaMachine.look().device(0).pciBus()).contains("0000:01:00.0");
  }
}
